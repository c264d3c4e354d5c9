reel sample --people 40 --output sample --quiet
reel evaluate --movielens sample --model user-knn --k 5 --threshold 4 --json >one
reel evaluate --movielens sample --model user-knn --k 5 --threshold 4 --json >two
sed 's/_seconds":[^,]*//g' one >one.bare
sed 's/_seconds":[^,]*//g' two >two.bare
cmp one.bare two.bare
grep -o '"command":"[^"]*"' one
reel evaluate --movielens sample --model user-knn --k 5 | grep -c '^user-knn '
run reel evaluate
run reel evaluate --train one
run reel evaluate --movielens sample --database reel.db
run reel evaluate --movielens sample --protocol loo
run reel evaluate --movielens sample --k 10,0
run reel evaluate --movielens sample --k 10,x
run reel evaluate --movielens sample --threshold high
run reel evaluate --movielens sample --core -1
run reel evaluate --movielens sample --core 1000
run reel evaluate --movielens sample --model nobody
run reel evaluate --train a --test b --protocol ratio
run reel evaluate --movielens sample --model hybrid --model user-knn
