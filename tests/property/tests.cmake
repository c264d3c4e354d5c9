reel_add_test(property/models.c TIMEOUT 120)
