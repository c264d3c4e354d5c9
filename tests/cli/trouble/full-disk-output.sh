[ -c /dev/full ] || skip "no /dev/full"
ready
for words in help 'licenses' 'recommend --database reel.db --user 1 --json' 'info --database reel.db'; do
    status=0
    reel $words >/dev/full 2>err || status=$?
    echo "$status $(cat err)"
done
