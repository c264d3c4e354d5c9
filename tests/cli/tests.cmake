# The program as a person meets it: cli/FOLDER/x.sh with what it prints beside it (cli/run.py).
find_program(REEL_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(REEL_PYTHON NAMES python3)
foreach(family help data ask files trouble serve)
    if(REEL_PYTHON)
        add_test(NAME cli_${family} COMMAND ${REEL_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cli/run.py
            --reel $<TARGET_FILE:reel> ${CMAKE_CURRENT_SOURCE_DIR}/cli/${family})
    else()
        add_test(NAME cli_${family} COMMAND sh -c "echo 'python3 is missing: the command line is not tested' >&2; exit 77")
    endif()
    set_tests_properties(cli_${family} PROPERTIES LABELS cli TIMEOUT 600 SKIP_RETURN_CODE 77)
endforeach()
# With a PostgreSQL server beside them.
if(REEL_PYTHON AND REEL_POSTGRES_FOUND)
    add_test(NAME cli_postgres COMMAND ${PROJECT_SOURCE_DIR}/script/postgres --shared ${REEL_PYTHON}
        ${CMAKE_CURRENT_SOURCE_DIR}/cli/run.py --reel $<TARGET_FILE:reel> ${CMAKE_CURRENT_SOURCE_DIR}/cli/postgres)
    set_tests_properties(cli_postgres PROPERTIES LABELS cli TIMEOUT 600 SKIP_RETURN_CODE 77)
endif()
