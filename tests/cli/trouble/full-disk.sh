# What cannot be written is said and leaves what was there. The largest file a process may write
# stands in for a full disk.
ready
# What a load needs is more than what is allowed: the store stays as it was.
before=$(fact ratings reel info --database reel.db)
awk 'BEGIN { for (u = 1; u <= 2000; u++) for (i = 1; i <= 100; i++) print u "\t" i * 7 "\t" i % 5 + 1 }' >list.tsv
limited 200 reel load --ratings list.tsv --database reel.db
echo "ratings as before: $([ "$before" = "$(fact ratings reel info --database reel.db)" ] && echo yes)"
# Models that cannot be kept serve from memory, and the next command makes them again.
rm -r reel.db.models
limited 100 reel recommend --database reel.db --user 1 --limit 1
limited 100 reel train --database reel.db --quiet
ls -A reel.db.models | grep -v '^\(popular\|user-knn\)' || echo "no half-written model"
run reel recommend --database reel.db --user 1 --limit 1
limited 1000 reel export similarity --of content-similarity --database reel.db --output s.npy
ls -A | grep -c s.npy || :
limited 4 reel sample --output sample2 --people 10
