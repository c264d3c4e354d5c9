reel_add_test(unit/net/download.c)
reel_add_test(unit/net/pool.c)
reel_add_test(unit/net/mail.c)
reel_add_test(unit/net/url.c)
