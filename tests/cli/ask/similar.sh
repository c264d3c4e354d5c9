ready
run reel similar 'Toy Story' --database reel.db --limit 5
reel similar 'Toy Story' --database reel.db --limit 5 >exact
reel similar toy stroy --database reel.db --limit 5 | diff exact -
reel similar 'toy story (1995)' --database reel.db --limit 5 | diff exact -
toy=$(reel search 'Toy Story' --limit 1 --database reel.db --json | "$PYTHON" -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["movie"])')
reel similar "$toy" --database reel.db --limit 5 | diff exact -
run reel similar 'the' --database reel.db
run reel similar 'qqqqzzzz' --database reel.db
run reel similar 'Star Warts' --database reel.db --limit 1
run reel similar 999999 --database reel.db
run reel similar 'Toy Story' --database reel.db --model popular --limit 2
