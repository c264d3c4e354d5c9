# Ctrl-C while a model is fitted: the command ends soon, says so, and writes nothing.
reel sample --ratings 300k --output train.tsv --quiet
# A fit that would take a while; exec, so that the signal meets the program itself.
sh -c 'exec reel fit --train train.tsv --model vae --param epochs=200 --output m.safetensors' 2>err &
child=$!
sleep 1.5
kill -INT "$child"
status=0
wait "$child" || status=$?
echo "status $status"
cat err
ls
