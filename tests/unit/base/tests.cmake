reel_add_test(unit/base/alloc.c)
reel_add_test(unit/base/buf.c)
reel_add_test(unit/base/map.c)
