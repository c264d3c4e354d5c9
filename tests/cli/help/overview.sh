reel help
reel >bare
reel --help >long
reel -h >short
reel help >word
cmp bare word && cmp long word && cmp short word
