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
run reel evaluate --movielens sample --share 1
run reel evaluate --movielens sample --metrics errors
run reel evaluate --movielens sample --metrics rating --model popular
run reel evaluate --movielens sample --sampled 9
run reel evaluate --movielens sample --protocol last --sampled 9 --model popular --k 5 --save-candidates few.tsv --json >three
grep -o '"sampled_ndcg@5"' three | sort -u
grep -c '"ndcg@5"' three || true
wc -l <few.tsv
reel evaluate --movielens sample --protocol cold --model content --k 5 | grep -o 'Lists of 5 of hidden films  *hidden ndcg'
reel evaluate --movielens sample --protocol random --metrics rating --model baseline | grep -o '^Ratings  *rmse  *mae'
