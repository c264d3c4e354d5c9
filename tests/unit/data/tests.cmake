reel_add_test(unit/data/dataset.c)
reel_add_test(unit/data/builder.c)
reel_add_test(unit/data/ratings.c)
