run reel frobnicate
run reel recomend
run reel sim --database reel.db
run reel help serv
run reel recommend --databse reel.db
run reel recommend --frobnicate
run reel train -xy
run reel recommend --limit
run reel info reel.db
run reel info
run reel recommend
run reel recommend --database reel.db
run reel recommend --database reel.db --user 1 --ratings own.csv
run reel recommend --user 1
run reel recommend --user 1 --limit 0
run reel recommend --user 1 --limit 101
run reel recommend --user 1 --limit ten
run reel recommend --user 1 --limit 5x
run reel recommend --user 1 --limit ''
run reel recommend --user -1
run reel recommend --user 99999999999999999999
run reel similar --database reel.db
run reel similar-people --user 1 --limit 201
run reel search --database reel.db
run reel explain Heat --database reel.db
run reel load --database reel.db
run reel load --movielens a --ratings b --database reel.db
run reel convert --movielens a
run reel sample
run reel sample --output s --people 0
run reel sample --output s --seed -1
run reel serve
run reel serve --threads 0 --database reel.db
run reel export --database reel.db
run reel export something --database reel.db --output x.npz
run reel export similarity --database reel.db --output x.npz --format npy
run reel export similarity --database reel.db --output x.txt
run reel fetch ml-1m ml-10m
test -z "$(ls)"
