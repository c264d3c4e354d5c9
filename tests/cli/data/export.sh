ready
run reel export similarity --database reel.db --output similarity_matrix.npy
run reel export similarity --database reel.db --of user-item --output user_item_matrix.npz
run reel export similarity --database reel.db --of content-similarity --format npz --output c.npz
json reel export similarity --database reel.db --output other.npy
run reel export similarity --database reel.db --of nothing --output x.npy
head -c 6 similarity_matrix.npy | tail -c 5; echo
head -c 128 similarity_matrix.npy | grep -ao "{.*}"
"$PYTHON" -c 'import zipfile; print(*sorted(zipfile.ZipFile("user_item_matrix.npz").namelist()))'
reel export ratings --user 1 --database reel.db --output own.json --format trakt --quiet
json reel export ratings --user 1 --database reel.db --output own.csv --quiet | grep -v films
reel import own.json --database reel.db --output again.csv --quiet
cut -d, -f1 own.csv >left
cut -d, -f1 again.csv | cmp - left
run reel export ratings --user 123456789 --database reel.db --output own.csv
run reel export ratings --database reel.db --output own.csv
run reel export ratings --user 1 --format vhs --database reel.db --output own.csv
