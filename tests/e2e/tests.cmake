# The pages: their logic in Node, and all of them in Chromium against the real program. Both are
# skipped, by name, on a machine without Node or Chromium.
if(REEL_WEB_FOUND)
    set(web_unit ${CMAKE_COMMAND} -E chdir ${REEL_WEB_BUILD} ${REEL_NODE} ${PROJECT_SOURCE_DIR}/web/test/run.mjs)
    set(web_pages ${CMAKE_COMMAND} -E env REEL_PROGRAM=$<TARGET_FILE:reel>
        REEL_E2E_STAGE=${PROJECT_BINARY_DIR}/e2e ${REEL_NODE} ${CMAKE_CURRENT_LIST_DIR}/run.mjs)
else()
    set(web_unit sh -c "echo 'skipped: this build has no web front end (REEL_WEB off, or no Node)' >&2 && exit 77")
    set(web_pages ${web_unit})
endif()
add_test(NAME e2e_logic COMMAND ${web_unit})
add_test(NAME e2e_pages COMMAND ${web_pages})
set_tests_properties(e2e_logic PROPERTIES LABELS unit TIMEOUT 60 SKIP_RETURN_CODE 77)
# The longest of all: first in, so that the others run beside it.
set_tests_properties(e2e_pages PROPERTIES LABELS e2e TIMEOUT 600 SKIP_RETURN_CODE 77 COST 1000)
reel_add_test(e2e/poster_boxes.c TIMEOUT 180)
