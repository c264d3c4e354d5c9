# What is refused, and how it is said.
printf '1\t10\t5\n1\t20\tnan\n2\t10\t3\n3\t30\n\n2\t20\t4\n' >train.tsv
run reel fit --train train.tsv --model popular --output m.safetensors
run reel fit --train train.tsv --model popular --output m.safetensors --strict
run reel fit --train absent.tsv --model popular --output m.safetensors
: >empty.tsv
run reel fit --train empty.tsv --model popular --output m.safetensors
run reel fit --train train.tsv --model populr --output m.safetensors
run reel fit --train train.tsv --model zzzzzz --output m.safetensors
run reel fit --train train.tsv --model user-knn --param neighbors=5 --output m.safetensors
run reel fit --train train.tsv --model user-knn --param neighbours=-1 --output m.safetensors
run reel fit --train train.tsv --model user-knn --param neighbours --output m.safetensors
run reel fit --train train.tsv --model user-knn --param neighbours=1 --param neighbours=2 --output m
run reel fit --train train.tsv --model popular --memory lots --output m.safetensors
run reel fit --train train.tsv --model ease --memory 10 --output m.safetensors
run reel fit --model popular --output m.safetensors
run reel fit --train train.tsv --model popular
run reel fit --train train.tsv --model popular --output train.tsv
run reel fit --train train.tsv --model popular --output no/such/folder/m.safetensors
run reel fit --train train.tsv --model popular --output -
run reel fit --train train.tsv --model popular --output m --predict train.tsv
run reel fit --train train.tsv --model popular --output m --predict train.tsv --predictions p
run reel fit --train train.tsv --model baseline --output m --predict train.tsv --predictions p
run reel recommend --model m.safetensors --histories train.tsv --output lists.tsv
run reel recommend --model m.safetensors --histories train.tsv --all --users u --output lists.tsv
run reel recommend --model m.safetensors --histories train.tsv --all
run reel recommend --model m.safetensors --histories train.tsv --all --output m.safetensors
run reel recommend --model m.safetensors --histories train.tsv --all --output l --database reel.db
run reel recommend --database reel.db --user 1 --k 5
run reel recommend --model popular --histories train.tsv --all --output lists.tsv
head -c 300 m.safetensors >cut.safetensors
run reel recommend --model cut.safetensors --histories train.tsv --all --output lists.tsv
printf '1\t10\n2\n' >pairs.tsv
run reel predict --model m.safetensors --histories train.tsv --pairs pairs.tsv --output scores.tsv
run reel predict --model m.safetensors --histories train.tsv --output scores.tsv
run reel predict --model m.safetensors --histories train.tsv --pairs train.tsv --output s \
    --pairs-columns item,user
run reel models zzz
run reel models popular content
# Nothing was written but the model.
ls
