reel_add_test(unit/model/model.c)
reel_add_test(unit/model/popular.c)
reel_add_test(unit/model/user_knn.c)
target_sources(unit_model_user_knn PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/ref_knn.c)
