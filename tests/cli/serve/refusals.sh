ready
run reel serve --database reel.db --listen 127.0.0.1
run reel serve --database reel.db --listen 127.0.0.1:99999
run reel serve --database reel.db --listen :8080
run reel serve --database reel.db --listen 192.0.2.1:8080
run reel serve --database reel.db --auth nobody --listen 127.0.0.1:0
run env REEL_AUTH=closed reel serve --database reel.db --listen 127.0.0.1:0
run reel serve --listen 127.0.0.1:0 --database missing.db
run reel serve --database reel.db extra
