reel_add_test(unit/cli/args.c)
