# Whole numbers as ids: fit, lists and predictions, byte for byte.
printf '%s\t%s\t%s\t%s\n' 5 10 4 100 5 20 2 101 3 10 5 102 3 30 1 103 8 20 4 104 8 30 3 105 >train.tsv
reel fit --train train.tsv --model popular --output m.safetensors --quiet
run reel recommend --model m.safetensors --histories train.tsv --all --k 2 --output lists.tsv --quiet
cat lists.tsv
printf '8\n77\n3\n' >users
run reel recommend --model m.safetensors --histories train.tsv --users users --k 1 --header \
    --output lists.tsv
cat lists.tsv
printf '%s\t%s\n' 3 20 77 10 5 99 3 10 >pairs.tsv
run reel predict --model m.safetensors --histories train.tsv --pairs pairs.tsv --output scores.tsv
cat scores.tsv
