# Some days of people who never were: twice the same, in three forms.
few='--people 30 --films 50 --days 3 --seeds 2 --quiet'
reel simulate $few >text
grep -c '^ *[1-3]  ' text
grep '^Days' text
reel simulate $few --format csv >rows
reel simulate $few --format csv --threads 1 >again
cmp rows again
head -n 1 rows
wc -l <rows
reel simulate $few --json --seed 7 --arms frozen,naive | sed 's/,"arms".*//'
reel sample --people 60 --output sample --quiet
reel simulate --movielens sample --people 10 --films 60 --days 2 --seeds 1 --quiet | head -n 1

REEL_SIGNALS=none reel simulate $few --format csv >none
cmp -s rows none || echo other weights, other days

REEL_SIGNALS=click=x run reel simulate --days 1
run reel simulate --arms frozen,thawed
run reel simulate --format pdf
run reel simulate --days 0
run reel simulate --days 366
run reel simulate --fading x
run reel simulate --movielens absent

# Whole experiments with them, twice the same.
few='--experiment --people 110 --films 40 --seeds 1 --repeats 2 --quiet'
reel simulate $few --models hybrid,ease >told
sed -n '1p;3,5p' told | sed 's/  */ /g; s/ [0-9]*[.].*//'
tail -n 1 told
reel simulate $few --json >one
reel simulate $few --json --threads 1 | cmp - one
sed 's/,"experiments".*//' one
reel simulate $few --models hybrid --json | grep -o '"other":"[^"]*"'
run reel simulate --experiment --models hybrid,
run reel simulate --experiment --models hybrid,oracle --people 20 --films 30 --seeds 1
run reel simulate --experiment --repeats 251
run reel simulate --experiment --alpha 1
run reel simulate --experiment --days 3

# Weights of signals on one log.
few='--people 30 --films 50 --days 2 --seeds 2 --quiet'
REEL_SIGNALS='click=0.4' reel simulate $few --signals 'none; click=1' | sed 's/  */ /g; s/ 0[.][0-9]\{4\}.*//'
reel simulate $few --signals '' --split test --json | sed 's/,"signals".*//'
run reel simulate --signals 'none;click=x'
run reel simulate --signals none --split train
run reel simulate --signals none --format csv
run reel simulate --signals 'none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none;none'
ls
