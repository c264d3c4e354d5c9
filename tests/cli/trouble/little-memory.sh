# What cannot be had is said, and at once.
[ "$(nm -D "$(command -v reel)" 2>/dev/null | grep -c '__[at]san_init')" = 0 ] || skip "sanitizers need more than this allows"
ready
rm -r reel.db.models
for kilobytes in 120000 250000; do
    (
        ulimit -v "$kilobytes"
        run timeout 60 reel train --database reel.db --quiet
    )
done
