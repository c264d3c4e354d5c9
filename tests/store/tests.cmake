# One program per back end, each with the whole suite.
set(STORE_SUITE store/suite.c store/suite_events.c store/suite_load.c store/suite_matches.c store/suite_models.c
    store/suite_open.c store/suite_processes.c store/suite_ratings.c)
reel_add_test(store/sqlite.c)
target_sources(store_sqlite PRIVATE ${STORE_SUITE})
