reel_add_test(unit/report/figures.c)
reel_add_test(unit/report/parts.c)
reel_add_test(unit/report/charts.c)
