# A disk that is really full: a small one of our own, where that may be mounted.
[ "$(id -u)" -eq 0 ] || skip "only root can mount a disk to fill"
unshare --mount true 2>/dev/null || skip "no mounts of our own here"
ready
mkdir disk
cat >inside.sh <<'END'
. "$CLI/lib.sh"
mount -t tmpfs -o size=700k none disk || exit 77
cp reel.db disk
cd disk
run reel train --database reel.db --quiet
run reel recommend --database reel.db --user 1 --limit 1 --quiet
dd if=/dev/zero of=filler bs=1k 2>/dev/null || :
printf '1\t1\t5\n' >../list.tsv
run reel load --ratings ../list.tsv --database reel.db --quiet
rm filler
run reel info --database reel.db
END
status=0
unshare --mount sh -eu inside.sh || status=$?
[ "$status" -ne 77 ] || skip "no tmpfs here"
