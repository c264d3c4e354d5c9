reel_add_test(unit/poster/poster.c)
