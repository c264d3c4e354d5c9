# reel_add_fuzz(json): fuzz/fuzz_json.c with the seeds in fuzz/corpus/json. Under the preset fuzz it
# is a libFuzzer program (fuzz_json -max_total_time=60 FOLDER tests/fuzz/corpus/json); everywhere
# its seeds are replayed as a test.
function(reel_add_fuzz name)
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name})
    add_executable(fuzz_${name} fuzz/fuzz_${name}.c)
    target_include_directories(fuzz_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(fuzz_${name} PRIVATE reel_app)
    if(REEL_FUZZ)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        add_test(NAME fuzz_${name} COMMAND fuzz_${name} -runs=0 ${corpus})
    else()
        target_sources(fuzz_${name} PRIVATE fuzz/replay.c)
        add_test(NAME fuzz_${name} COMMAND fuzz_${name} ${corpus})
    endif()
    set_tests_properties(fuzz_${name} PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()

reel_add_fuzz(env)
reel_add_fuzz(json)
reel_add_fuzz(tensors)
reel_add_fuzz(tokenize)
reel_add_fuzz(events)
