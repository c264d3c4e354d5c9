reel sample --output s --people 20 --quiet
reel load --movielens s --tmdb s/films.jsonl --simulated --database t.db --quiet
run reel models list --database t.db
reel recommend --user 1 --database t.db --limit 1 >/dev/null 2>&1
reel train --database t.db --model ease --force --quiet
run reel models list --database t.db
run reel models show ease --database t.db | head -3
run reel models show hybrid --database t.db | sed -n '1p; s/  *-\{0,1\}[0-9]\.[0-9]\{3\}/ N/g; /Weight/,/^$/p'
json reel models --file t.db.models/hybrid.safetensors >facts
"$PYTHON" -c 'import json
weights = json.load(open("facts"))["weights"]
print(list(weights), sorted(map(int, weights["ease"])), weights["popular"]["0"] > 0)'
run reel models rollback ease --database t.db
run reel models list ease --database t.db
run reel models rollback ease --database t.db
id=$(ls t.db.models/versions | sed -n 's/^\(ease-.*\)\.safetensors$/\1/p' | while read -r v; do
    cmp -s "t.db.models/versions/$v.safetensors" t.db.models/ease.safetensors || echo "$v"; done)
run reel models activate "$id" --database t.db | sed "s/$id/THE-OTHER/g"
json reel models list ease --database t.db | grep -E '"(name|state|serving)"'
run reel models activate ease-nonsense --database t.db
run reel models activate ease --database t.db
run reel models show nonsense --database t.db
run reel models activate --database t.db
run reel models rollback ease more --database t.db
run reel models rollback slim --database t.db
run reel models list
# Nobody is asked to train what someone put in service.
run reel train --database t.db
