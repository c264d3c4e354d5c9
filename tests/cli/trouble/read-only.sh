# Nothing may be written: answers still come; what would write says so.
ready
mkdir locked
mv reel.db reel.db.models locked
if [ "$(id -u)" -eq 0 ]; then
    command -v setpriv >/dev/null || skip "no setpriv to become someone else"
    chmod 755 . && chmod -R go+rX locked
    as() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
else
    chmod -R a-w locked
    as() { "$@"; }
fi
as reel --version >/dev/null 2>&1 || skip "the program cannot be reached by another user"
run as reel recommend --database locked/reel.db --user 1 --limit 1
run as reel info --database locked/reel.db
printf '1\t1\t5\n' >list.tsv
run as reel load --ratings list.tsv --database locked/reel.db
run as reel load --ratings list.tsv --database locked/new.db
run as reel sample --output locked/sample
run as reel export similarity --database locked/reel.db --output locked/s.npy
run as reel train --database locked/reel.db --force
chmod -R u+w locked
