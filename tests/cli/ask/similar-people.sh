ready
run reel similar-people --user 3 --limit 4 --database reel.db
check people reel similar-people --user 3 --limit 10 --database reel.db
run reel similar-people --user 999 --database reel.db
