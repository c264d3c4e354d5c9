ready
run reel recommend --database reel.db --user 3 --limit 5
run reel recommend --database reel.db --user 3 --limit 3 --model user-knn
run reel recommend --database reel.db --user 3 --limit 3 --model content
run reel recommend --database reel.db --user 3 --limit 3 --model popular
run reel recommend --database reel.db --user 3 --limit 2 --seen
run reel recommend --database reel.db --user 999
run reel recommend --database reel.db --user 3 --model nonsense
