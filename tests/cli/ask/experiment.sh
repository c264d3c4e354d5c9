# An experiment is begun from a file, listed, ended; what it says of nobody yet.
ready
printf '{"name":"texts-1","tag":"0000000a","arms":[{"name":"now","model":"popular"},{"name":"texts","model":{"ease":0.7,"content":0.3}}]}' >one.json
printf '{"experiments":[{"name":"texts-1","kind":"interleave","arms":[{"name":"a","model":"ease"},{"name":"b","model":"ials"}]}]}' >other.json
export REEL_DATABASE_URL=reel.db
run reel experiment add one.json
run reel experiment add one.json
run reel experiment add other.json
run reel experiment list
run reel experiment results texts-1
run reel experiment stop texts-1
run reel experiment stop texts-1
run reel experiment results none
run reel experiment add none.json
run reel experiment
json reel experiment results texts-1
