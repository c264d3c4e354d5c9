reel_add_test(golden/sklearn.c)
reel_add_test(golden/user_knn.c)
reel_add_test(golden/sample.c TIMEOUT 120)
