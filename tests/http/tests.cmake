reel_add_test(http/fetch.c)
