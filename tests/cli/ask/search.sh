ready
run reel search toy --database reel.db
run reel search amelie --database reel.db
check hits reel search amélie --database reel.db
check hits reel search god --limit 3 --database reel.db
run reel search qqqqzzzz --database reel.db
check hits reel search qqqqzzzz --database reel.db
run reel search del toro ghost --database reel.db
run reel search 七人 --database reel.db
run reel search "pan's labirynth" --database reel.db
run reel search moon 1902 --limit 1 --database reel.db
run reel search bearded astronomers --limit 2 --database reel.db
reel search "$(printf %5000s | tr " " x)" --database reel.db 2>&1 || true
run reel search "$(printf '\377\376')" --database reel.db
run reel search toy --filter 'genre:Comedy and ratings >= 20' --database reel.db
run reel search --filter 'genre:Western and rating >= 3 and ratings >= 5' --limit 2 --database reel.db
check hits reel search --filter 'genre:Western' --limit 2 --database reel.db
run reel search toy --filter 'year > 3000' --database reel.db
run reel search toy --filter 'year >= and' --database reel.db
run reel search --database reel.db
