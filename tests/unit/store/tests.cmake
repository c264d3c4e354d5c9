reel_add_test(unit/store/open.c)
reel_add_test(unit/store/load.c)
reel_add_test(unit/store/events.c)
reel_add_test(unit/store/migrations.c)
