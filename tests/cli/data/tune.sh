reel sample --people 60 --output sample --quiet
part='--movielens sample --model user-knn --search neighbours=2..40 --rungs 2 --quiet'
bare() { sed 's/"\(seconds\|replayed\|command\|end\)":[^,]*,//g' "$1"; }

# An interrupted search goes on as if it had not been.
reel tune $part --trials 8 --log whole.jsonl >table
reel tune $part --trials 3 --log cut.jsonl >/dev/null
printf '{"trial":3,"ru' >>cut.jsonl
reel tune $part --trials 8 --log cut.jsonl --resume --threads 1 --json >cut
reel tune $part --trials 8 --log whole.jsonl --resume --json >whole
bare whole >whole.bare
bare cut >cut.bare
cmp whole.bare cut.bare
bare whole.jsonl >whole.log
bare cut.jsonl >cut.log
cmp whole.log cut.log
wc -l <whole.jsonl
grep -c '^--param neighbours=[0-9]*$' table
sed -n 2p table
grep -c '^defaults ' table

# Ctrl-C leaves a log to go on with.
reel tune --movielens sample --model user-knn --budget 50s --log stopped.jsonl >stopped 2>/dev/null &
search=$!
for _ in $(seq 200); do
    [ "$(wc -l 2>/dev/null <stopped.jsonl || echo 0)" -lt 3 ] || break
    sleep 0.05
done
kill -INT $search
wait $search
sed -n 2s/.*failed/failed/p stopped

run reel tune
run reel tune --model user-knn
run reel tune --model nobody --movielens sample
run reel tune --model user-knn --movielens sample --train ratings.tsv
run reel tune --model user-knn --train absent.tsv
run reel tune --model user-knn --movielens sample --budget soon
run reel tune --model user-knn --movielens sample --budget 0
run reel tune --model user-knn --movielens sample --budget 1d
run reel tune --model user-knn --movielens sample --trials 0
run reel tune --model user-knn --movielens sample --rungs 5
run reel tune --model user-knn --movielens sample --metric rmse
run reel tune --model user-knn --movielens sample --metric ndcg
run reel tune --model user-knn --movielens sample --fix neighbours
run reel tune --model user-knn --movielens sample --fix neighbours=many
run reel tune --model user-knn --movielens sample --search neighbours=5
run reel tune --model user-knn --movielens sample --search rank=5..10
run reel tune --model user-knn --movielens sample --fix neighbours=3,fame=0.3,exponent=3
run reel tune --model user-knn --movielens sample --search neighbours --search neighbours=1..2
run reel tune --model user-knn --movielens sample --resume
run reel tune $part --log whole.jsonl
run reel tune $part --log whole.jsonl --resume --seed 2
run reel tune --model user-knn --movielens sample --log whole.jsonl --resume
run reel tune --model user-knn --movielens sample --budget 0.000001s
