# Nobody reads on: a status, no message, and never a signal.
ready
unread() {
    "$PYTHON" -c '
import os, subprocess, sys
end, begin = os.pipe()
os.close(end)
print(subprocess.run(sys.argv[1:], stdout=begin).returncode)' "$@" 2>&1
}
unread reel licenses
unread reel similar 'Toy Story' --database reel.db --limit 100 --json
unread reel recommend --database reel.db --user 1
