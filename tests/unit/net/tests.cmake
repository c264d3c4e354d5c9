reel_add_test(unit/net/download.c)
