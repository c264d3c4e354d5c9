ready
run reel export similarity --database reel.db --output similarity_matrix.npy
run reel export similarity --database reel.db --of user-item --output user_item_matrix.npz
run reel export similarity --database reel.db --of content-similarity --format npz --output c.npz
json reel export similarity --database reel.db --output other.npy
run reel export similarity --database reel.db --of nothing --output x.npy
head -c 6 similarity_matrix.npy | tail -c 5; echo
head -c 128 similarity_matrix.npy | grep -ao "{.*}"
"$PYTHON" -c 'import zipfile; print(*sorted(zipfile.ZipFile("user_item_matrix.npz").namelist()))'
