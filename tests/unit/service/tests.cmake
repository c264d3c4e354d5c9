reel_add_test(unit/service/engine.c)
reel_add_test(unit/service/feedback.c)
set_tests_properties(unit_service_feedback PROPERTIES LABELS "unit;threads")
reel_add_test(unit/service/recommend.c)
