reel_add_test(unit/base/alloc.c)
reel_add_test(unit/base/buf.c)
reel_add_test(unit/base/map.c)
<<<<<<< Updated upstream
reel_add_test(unit/base/clock.c)
reel_add_test(unit/base/err.c)
reel_add_test(unit/base/hash.c)
reel_add_test(unit/base/rng.c)
reel_add_test(unit/base/file.c)
reel_add_test(unit/base/utf8.c)
reel_add_test(unit/base/json.c)
reel_add_test(unit/base/zip.c)
reel_add_test(unit/base/env.c)
reel_add_test(unit/base/log.c)
reel_add_test(unit/base/tensors.c)
=======
>>>>>>> Stashed changes
