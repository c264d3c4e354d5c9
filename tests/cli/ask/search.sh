ready
run reel search toy --database reel.db
run reel search amelie --database reel.db
check hits reel search amélie --database reel.db
check hits reel search god --limit 3 --database reel.db
run reel search qqqqzzzz --database reel.db
check hits reel search qqqqzzzz --database reel.db
