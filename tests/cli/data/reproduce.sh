reel reproduce --list | grep -v '^  '
reel sample --people 500 --output all/ml-1m --quiet
reel reproduce anelli-ml1m --data all --model popular --seeds 1 | grep -o '^popular  *MostPop'
reel reproduce anelli-ml1m --movielens all/ml-1m --model popular --seeds 1 --json | grep -o '"command":"[^"]*"'
run reel reproduce
run reel reproduce anelli
run reel reproduce ml100k-u1 --data all
run reel reproduce loo-ml1m --data all --model nobody
