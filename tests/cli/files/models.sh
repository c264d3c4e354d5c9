# Every model, and every parameter with its default and range.
reel models | head -1 | tr -s ' '
reel models popular | head -1
reel models popular | grep damping | tr -s ' '
reel models popular --json | grep -c '"name":"damping"'
for model in $(reel models --json | "$PYTHON" -c 'import json, sys
for m in json.load(sys.stdin): print(m["name"])'); do
    reel models "$model" >told
    reel models --json | "$PYTHON" -c 'import json, sys
(model,) = (m for m in json.load(sys.stdin) if m["name"] == sys.argv[1])
told = open("told").read()
for p in model["params"]: assert p["name"] in told and p["help"] in told, p
' "$model"
done
