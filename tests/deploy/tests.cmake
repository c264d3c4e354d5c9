# What deploy/ has, with the real proxies.
if(REEL_PYTHON)
    foreach(suite proxies unit)
        add_test(NAME deploy_${suite} COMMAND ${REEL_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/deploy/${suite}.py $<TARGET_FILE:reel>)
        set_tests_properties(deploy_${suite} PROPERTIES LABELS deploy TIMEOUT 120 SKIP_RETURN_CODE 77)
    endforeach()
endif()
