# Credible intervals beside predictions, of the model that has them.
reel sample --ratings 3k --people 30 --films 1500 --output train.tsv --quiet
printf '1\t99999\n' >pairs.tsv
awk 'NR % 7 == 0' train.tsv | cut -f1-2 >>pairs.tsv
reel fit --train train.tsv --model bayes --param rank=2 --param samples=40 --output m.safetensors --quiet
run reel predict --model m.safetensors --histories train.tsv --pairs pairs.tsv --interval --header \
    --output with.tsv
head -2 with.tsv | cut -f1,2,4,5
awk -F '\t' 'NF != 5 || NR > 1 && !($4 <= $3 && $3 <= $5) { print "row " NR ": " $0 }' with.tsv
reel predict --model m.safetensors --histories train.tsv --pairs pairs.tsv --output without.tsv --quiet
tail -n +2 with.tsv | cut -f1-3 | cmp - without.tsv
reel predict --model m.safetensors --histories train.tsv --pairs pairs.tsv --interval --threads 1 \
    --output one.tsv --quiet
tail -n +2 with.tsv | cmp - one.tsv
reel fit --train train.tsv --model baseline --output other.safetensors --quiet
run reel predict --model other.safetensors --histories train.tsv --pairs pairs.tsv --interval \
    --output none.tsv
ls none.tsv 2>/dev/null || echo nothing was written
