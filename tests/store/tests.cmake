# One program per back end, each with the whole suite.
set(STORE_SUITE store/suite.c store/suite_accounts.c store/suite_admins.c store/suite_copy.c store/suite_events.c store/suite_experiments.c store/suite_given.c store/suite_jobs.c store/suite_keys.c store/suite_limits.c store/suite_load.c store/suite_matches.c
    store/suite_models.c store/suite_once.c store/suite_online.c store/suite_open.c store/suite_overlay.c store/suite_processes.c store/suite_queue.c store/suite_ratings.c store/suite_schema.c store/suite_stats.c store/suite_stats_leave.c store/suite_stats_looks.c
    store/suite_texts.c store/suite_times.c store/suite_trials.c store/suite_versions.c
    store/suite_walks.c)
reel_add_test(store/sqlite.c)
target_sources(store_sqlite PRIVATE ${STORE_SUITE})
set_tests_properties(store_sqlite PROPERTIES LABELS "store;threads")

if(REEL_POSTGRES_FOUND)
    reel_add_test(store/postgres.c LAUNCHER ${PROJECT_SOURCE_DIR}/script/postgres --shared)
    target_sources(store_postgres PRIVATE ${STORE_SUITE})
    reel_add_test(store/postgres_pool.c LAUNCHER ${PROJECT_SOURCE_DIR}/script/postgres --shared)
    reel_add_test(store/postgres_restart.c LAUNCHER ${PROJECT_SOURCE_DIR}/script/postgres)
    set_tests_properties(store_postgres store_postgres_pool store_postgres_restart PROPERTIES LABELS "store;threads")
endif()
