ready
printf 'movieId,title,genres\n5,Heat (1995),Crime\n6,Solaris (1972),Sci-Fi\n' >movies.csv
printf 'userId,movieId,rating,timestamp\n1,5,4,1\n1,6,5,2\n2,5,3,3\n' >ratings.csv
printf 'movieId,imdbId,tmdbId\n5,0113277,949\n6,0069293,593\n' >links.csv
cat >films.jsonl <<'END'
{"id":949,"title":"Heat","release_date":"1995-12-15","overview":"A thief and a detective.","genres":[{"id":80,"name":"Crime"}],"popularity":30.5,"vote_average":7.9,"vote_count":6000,"poster_path":"/a.jpg"}
{"id":593,"title":"Solaris","release_date":"1972-03-20","overview":"An ocean that thinks.","vote_count":900}
{broken
END
run reel load --movielens . --tmdb films.jsonl --links links.csv --database t.db
run reel load --movielens . --tmdb films.jsonl --database u.db --quiet
run reel load --movielens . --tmdb missing.jsonl --database u.db
