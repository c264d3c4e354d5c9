# How well a model does is measured before it is fitted, and stays with its file.
reel sample --ratings 3k --people 30 --films 900 --output train.tsv --quiet
reel fit --train train.tsv --model popular --evaluate --output m.safetensors |
    sed 's/[0-9.]* [kM]B/SIZE/; s/[0-9.]* s\b/TIME/g'
reel models --file m.safetensors | head -12
json reel models --file m.safetensors >facts
"$PYTHON" -c 'import json
facts = json.load(open("facts"))
card = facts["evaluation"]
print(facts["model"], card["protocol"]["name"], card["seed"], sorted(card["metrics"])[0])'
reel fit --train train.tsv --model baseline --evaluate --output b.safetensors --quiet
reel models --file b.safetensors | tail -5
reel fit --train train.tsv --model popular --output plain.safetensors --quiet
reel models --file plain.safetensors | tail -1
cp train.tsv no-model
run reel models --file no-model
run reel models --file absent
run reel models popular --file m.safetensors
printf '1\t1\n' >one.tsv
run reel fit --train one.tsv --model popular --evaluate --output x.safetensors
ls x.safetensors 2>&1 | sed 's/.*: No/no/'
