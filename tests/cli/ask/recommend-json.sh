ready
for model in hybrid content user-knn popular; do
    check list reel recommend --database reel.db --user 3 --limit 100 --model $model
done
check list reel recommend --database reel.db --user 40
check list reel similar 'Toy Story' --database reel.db
check list reel similar 'Toy Story' --database reel.db --model hybrid --limit 20
printf 'Toy Story (1995),5\nHeat,1\n' >own.csv
check list reel recommend --database reel.db --ratings own.csv --limit 4
