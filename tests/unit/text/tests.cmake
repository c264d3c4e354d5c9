reel_add_test(unit/text/tokens.c)
reel_add_test(unit/text/tfidf.c)
