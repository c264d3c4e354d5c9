reel_add_test(property/models.c TIMEOUT 120)
reel_add_test(property/num.c)
target_sources(property_num PRIVATE support/ref_num.c)
reel_add_test(property/dataset.c)
