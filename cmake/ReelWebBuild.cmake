# Run by the build, not at configure time: copy web/ into the build tree, install the locked packages
# when the lock changed, build, embed. The source tree is only read, so that several build trees can
# work at once.
set(inputs package.json package-lock.json .npmrc tsconfig.json index.html)
file(REMOVE_RECURSE ${BUILD}/src ${BUILD}/public ${BUILD}/scripts)
file(COPY ${SOURCE}/web/src ${SOURCE}/web/public ${SOURCE}/web/scripts DESTINATION ${BUILD})
foreach(input ${inputs})
    file(COPY ${SOURCE}/web/${input} DESTINATION ${BUILD})
endforeach()

function(run what advice)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${BUILD}
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message("${output}")
        message(FATAL_ERROR "${what} failed. ${advice}")
    endif()
endfunction()

file(SHA256 ${BUILD}/package-lock.json lock)
set(stamp "${lock} ${NODE_VERSION}")
set(installed "")
if(EXISTS ${BUILD}/installed.txt AND EXISTS ${BUILD}/node_modules)
    file(READ ${BUILD}/installed.txt installed)
endif()
if(NOT installed STREQUAL stamp)
    file(REMOVE ${BUILD}/installed.txt)
    run("npm ci" "It needs the network once. For a program with its API only, configure with -DREEL_WEB=OFF."
        ${NPM} ci --no-audit --no-fund)
    file(WRITE ${BUILD}/installed.txt "${stamp}")
endif()

run("Building the web front end" "The messages above are of the TypeScript compiler or of esbuild."
    ${NPM} run build)
run("Embedding the web front end" "See tools/embed_web.mjs."
    ${NODE} ${SOURCE}/tools/embed_web.mjs ${BUILD}/dist ${BUILD}/web_assets.c)
