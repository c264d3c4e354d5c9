reel_add_test(unit/eval/metrics.c)
reel_add_test(unit/eval/protocol.c)
