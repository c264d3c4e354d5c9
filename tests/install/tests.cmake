# What `cmake --install` lays down is used by a program of its own. Instrumented libraries need an instrumented
# program, so those builds leave it out.
if(NOT CMAKE_C_FLAGS MATCHES "-fsanitize|--coverage")
    add_test(NAME install_consumer COMMAND ${CMAKE_CURRENT_LIST_DIR}/run.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
    set_tests_properties(install_consumer PROPERTIES LABELS install TIMEOUT 120)
endif()

add_test(NAME install_readme COMMAND ${CMAKE_CURRENT_LIST_DIR}/readme.sh ${PROJECT_SOURCE_DIR} $<TARGET_FILE:reel>)
set_tests_properties(install_readme PROPERTIES LABELS install TIMEOUT 60)
