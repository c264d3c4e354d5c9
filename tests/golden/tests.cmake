reel_add_test(golden/sklearn.c)
