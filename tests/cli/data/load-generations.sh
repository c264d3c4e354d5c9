# The other generations and plain lists.
mkdir k100 csv
printf '1\t2\t3\t881250949\n2\t1\t5\t881250950\n' >k100/u.data
printf '1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n2|GoldenEye (1995)|01-Jan-1995||http://x|0|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0|1|0|0\n' >k100/u.item
printf '1|24|M|technician|85711\n2|53|F|other|94043\n' >k100/u.user
run reel load --movielens k100 --database k100.db
cat >csv/movies.csv <<'END'
movieId,title,genres
1,Toy Story (1995),Adventure|Animation
11,"American President, The (1995)",Comedy|Drama
END
printf 'userId,movieId,rating,timestamp\n1,1,4.0,964982703\n7,11,4.5,964981247\n' >csv/ratings.csv
printf 'movieId,imdbId,tmdbId\n1,0114709,862\n11,0112346,9087\n' >csv/links.csv
run reel load --movielens csv --database csv.db
reel search president --database csv.db --quiet
printf '5\t7\t3.5\n6\t7\t4\n6\t8\t2\n' >list.tsv
run reel load --ratings list.tsv --database list.db
run reel load --ratings list.tsv --database list.db --keep
printf '5,9\n7,9\n' >likes.csv
run reel load --ratings likes.csv --database list.db --keep
reel info --database list.db | grep -E 'films|people|ratings'
