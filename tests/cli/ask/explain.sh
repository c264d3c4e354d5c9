ready
run reel explain Heat --user 3 --database reel.db
for model in hybrid content user-knn popular; do
    check explanation reel explain Heat --user 3 --model $model --database reel.db
done
printf 'Toy Story (1995),5\n' >own.csv
run reel explain 'Finding Nemo' --ratings own.csv --database reel.db --model content
run reel explain 'No Such Thing At All' --user 3 --database reel.db
run reel explain Heat --user 999 --database reel.db
