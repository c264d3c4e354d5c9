run reel sample --output a --people 25
ls a
reel sample --output b --people 25 --quiet
diff -r a b
reel sample --output c --people 25 --seed 2 --quiet
diff -q a/ratings.csv c/ratings.csv || :
reel sample --output d --people 25 --shuffled --quiet
diff -q a/ratings.csv d/ratings.csv || :
cmp a/movies.csv d/movies.csv
grep -ci simulated a/README.txt >/dev/null
json reel sample --output e --people 25
