# Predictions while fitting are those of the saved model, and each pair keeps its line.
reel sample --ratings 3k --people 30 --films 1500 --output train.tsv --quiet
awk 'NR % 7 == 0' train.tsv >test.tsv
printf '99\t5\t3\t978300760\n1\t99999\t3\t978300760\n' >>test.tsv
run reel fit --train train.tsv --model baseline --output m.safetensors --predict test.tsv \
    --predictions now.tsv
reel predict --model m.safetensors --histories train.tsv --pairs test.tsv --output later.tsv --quiet
cmp now.tsv later.tsv
cut -f1-2 test.tsv | cmp - "$(cut -f1-2 now.tsv >order.tsv; echo order.tsv)"
reel predict --model m.safetensors --histories train.tsv --pairs test.tsv --output one.tsv --quiet \
    --threads 1
cmp one.tsv later.tsv
reel predict --model m.safetensors --histories train.tsv --pairs test.tsv --output head.tsv --quiet \
    --header --pairs-columns user,item,rating,time
head -1 head.tsv
json reel recommend --model m.safetensors --histories train.tsv --all --k 3 --output lists.tsv \
    --quiet >facts
grep -v seconds facts
limited 8 reel sample --ratings 100k --output large.tsv
