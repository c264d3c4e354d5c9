# A database is moved, backed up while it is served, and restored.
ready
run reel migrate-store --from reel.db --to sqlite:moved.db
run reel migrate-store --from reel.db --to moved.db --quiet
json reel migrate-store --from reel.db --to moved.db
serve
run reel backup --database reel.db --output reel.backup
stop_server
run reel backup --database reel.db --output moved.db
run reel restore --from reel.backup --database other.db
printf '1\t2\t3\n' >list.tsv
reel load --ratings list.tsv --database other.db --quiet
run reel restore --from reel.backup --database other.db
run reel restore --from reel.backup --database other.db --replace --quiet
run reel restore --from moved.db --database other.db
head -c 20000 reel.backup >cut.backup
run reel restore --from cut.backup --database third.db
run reel restore --from reel.backup
ls -- *.partial* 2>/dev/null || echo 'nothing half-written'
run reel load --movielens sample --database reel.backup
