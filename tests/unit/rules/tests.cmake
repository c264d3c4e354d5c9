reel_add_test(unit/rules/expression.c)
reel_add_test(unit/rules/arrange.c)
