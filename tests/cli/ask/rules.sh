ready
run reel recommend --database reel.db --user 3 --limit 3 --filter 'year >= 1990 and not genre:Horror'
run reel recommend --database reel.db --user 3 --limit 3 --boost 'if genre:Comedy then 2 else 1' --diversity 0.5 --novelty 0.2 --calibrate 0.5
run reel recommend --database reel.db --user 3 --filter 'year > 3000'
run reel recommend --database reel.db --user 3 --filter 'year >= and'
run reel recommend --database reel.db --user 3 --boost 'genre:Comedy'
run reel recommend --database reel.db --user 3 --diversity 2
run reel similar 1 --database reel.db --limit 2 --filter 'genre:Comedy'
