reel_add_test(unit/tmdb/tmdb.c)
