reel_add_test(unit/search/words.c)
reel_add_test(unit/search/index.c)
reel_add_test(unit/search/queries.c TIMEOUT 120)
