ready
run reel sample --from reel.db --output cut --people 5
tail -n +2 cut/ratings.csv | cut -d, -f1 | sort -u | wc -l
run reel load --movielens cut --database cut.db --quiet
reel info --database cut.db | grep people
run reel sample --from missing.db --output other
