reel reproduce --list | grep -v '^  '
reel sample --people 500 --output all/ml-1m --quiet
reel reproduce anelli-ml1m --data all --model popular --seeds 1 | grep -o '^popular  *MostPop'
reel reproduce anelli-ml1m --movielens all/ml-1m --model popular --seeds 1 --json | grep -o '"command":"[^"]*"'
run reel reproduce
run reel reproduce anelli
run reel reproduce ml100k-u1 --data all
run reel reproduce loo-ml1m --data all --model nobody
# A split, with the films' texts beside it.
mkdir all/split-ml1m all/tmdb
awk -F, 'NR > 1 && NR % 5 {print $1 "\t" $2}' all/ml-1m/ratings.csv >all/split-ml1m/train.tsv
awk -F, 'NR > 1 && NR % 5 == 0 {print $1 "\t" $2}' all/ml-1m/ratings.csv >all/split-ml1m/test.tsv
run reel reproduce common-split-texts --movielens all/split-ml1m --model popular
run reel reproduce common-split-texts --data all --model popular
printf 'movieId,imdbId,tmdbId\n1,114709,862\n' >all/tmdb/links.csv
printf '{"id":862,"title":"Toy Story","overview":"Toys come alive."}\n' >all/tmdb/movies.jsonl
reel reproduce common-split-texts --data all --model popular,content | grep -o '^popular\|^content'
