# Someone who is in no data set, with the ways such a file may look.
ready
cat >own.csv <<'END'
title,rating
Toy Story (1995),4.5
"Good, the Bad and the Ugly, The",5
matrix,4
Finding Nmeo,4
Nothing Of The Kind,3
Alien,
END
run reel recommend --database reel.db --ratings own.csv --limit 3
reel recommend --database reel.db --ratings own.csv --limit 3 --quiet >first
printf 'Toy Story (1995)\t4.5\r\nThe Good, the Bad and the Ugly\t5\r\nThe Matrix\t4\r\nFinding Nemo\t4' >own.tsv
reel recommend --database reel.db --ratings own.tsv --limit 3 --quiet >second
diff first second || :
printf '\357\273\277Title;Rating\r\nToy Story (1995);4,5\r\nThe Good, the Bad and the Ugly;5\r\nThe Matrix;4,0\r\nFinding Nemo;"4"\r\n' >windows.csv
reel recommend --database reel.db --ratings windows.csv --limit 3 --quiet >third
diff first third || :
toy=$(reel search 'Toy Story' --limit 1 --database reel.db --json | "$PYTHON" -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["movie"])')
printf 'userId,movieId,rating,timestamp\n7,%s,5,964982703\n' "$toy" >movielens.csv
run reel recommend --database reel.db --ratings movielens.csv --limit 2
printf 'Toy Story (1995),0.5\nToy Story (1995),5\n' >twice.csv
check list reel recommend --database reel.db --ratings twice.csv --limit 2
printf 'Toy Story (1995),11\n' >scale.csv
run reel recommend --database reel.db --ratings scale.csv
: >empty.csv
run reel recommend --database reel.db --ratings empty.csv
printf 'no such film,5\n' >none.csv
run reel recommend --database reel.db --ratings none.csv
head -c 5000 /dev/zero >nul.csv
run reel recommend --database reel.db --ratings nul.csv
run reel recommend --database reel.db --ratings missing.csv
run reel recommend --database reel.db --ratings .
