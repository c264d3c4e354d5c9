# The same commands as on a file, by a URL or by the environment; a password shows up nowhere.
secret=$(printf '%s' "$POSTGRES" | sed 's/@/:hush@/')
cp -r "$READY"/sample .
run reel info --database "$POSTGRES"none
reel load --movielens sample --tmdb sample/films.jsonl --simulated --database "$secret"films --quiet
export REEL_DATABASE_URL="$secret"films
run reel info
json reel info
run reel recommend --user 1 --limit 3 --model popular --quiet
run reel search matrix --limit 1 --quiet
run reel export enriched --output films.csv --quiet
run reel enrich --from sample/films.jsonl --quiet
run reel info --database "${POSTGRES%%/*}//u:hush@@host/x"
ls "$HOME/.local/share/reel/models" | sed 's/^.*+/HOST+/; s/cli_[0-9]*_//'
grep -r hush . || echo 'no password in any file'
