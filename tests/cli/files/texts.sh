# Texts as ids, in any of the usual separators: the names come back as they were.
cat >train.csv <<'END'
user,item,rating,time
Ana Marín,"Matrix, The",5,100
Ana Marín,tt007,2,101
007,tt007,4,102
7,"Matrix, The",3,103
7,x,1,104
END
reel fit --train train.csv --model baseline --output m.safetensors --quiet
reel recommend --model m.safetensors --histories train.csv --all --output lists.tsv --quiet
cut -f1-3 lists.tsv
printf '%s\t%s\n' 007 x 7 x nobody x 007 unknown 7 'Matrix, The' >pairs.tsv
reel predict --model m.safetensors --histories train.csv --pairs pairs.tsv --output scores.tsv
cut -f1-2 scores.tsv
# A model of numbers meets texts, and the other way round.
printf '1,5,4\n2,6,3\n' >numbers.csv
reel fit --train numbers.csv --model popular --output n.safetensors --quiet
reel recommend --model n.safetensors --histories train.csv --users pairs.tsv --output l.tsv --k 1
reel recommend --model m.safetensors --histories numbers.csv --all --output l.tsv --k 1
cut -f1-3 l.tsv
