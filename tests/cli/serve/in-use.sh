# A port, and a database, that another server has.
ready
cp reel.db other.db
serve --quiet
run reel serve --database other.db --listen "${url#http://}"
run reel serve --database reel.db --listen 127.0.0.1:0
run reel recommend --database reel.db --user 1 --limit 1
stop_server
cat serve.err
serve --quiet
stop_server
