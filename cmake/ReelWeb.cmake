# The web front end inside the program: built with npm in the build tree, turned into a C table,
# linked as reel_web. Without Node >= 18 and npm the table is empty and the program serves its API
# only; that is said once, here.
set(REEL_WEB_NODE_MINIMUM 18)
add_library(reel_web STATIC)
target_include_directories(reel_web PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(reel_web PRIVATE reel_flags)

# Asked for by tests/ too, hence not a plain variable of this folder.
set(REEL_WEB_FOUND FALSE CACHE INTERNAL "whether the web front end is embedded")
set(REEL_WEB_BUILD ${PROJECT_BINARY_DIR}/web CACHE INTERNAL "where the web front end is built")
if(REEL_WEB)
    find_program(REEL_NODE NAMES node nodejs)
    find_program(REEL_NPM npm)
    set(node_version "")
    if(REEL_NODE)
        execute_process(COMMAND ${REEL_NODE} --version OUTPUT_VARIABLE node_version
            OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        string(REGEX REPLACE "^v" "" node_version "${node_version}")
    endif()
    if(NOT REEL_NODE OR NOT REEL_NPM)
        message(WARNING "No web pages: node and npm were not found. The program is built with its API only. "
            "Install nodejs and npm (script/bootstrap does) and configure again, or pass -DREEL_WEB=OFF.")
    elseif(node_version VERSION_LESS REEL_WEB_NODE_MINIMUM)
        message(WARNING "No web pages: ${REEL_NODE} is ${node_version}, ${REEL_WEB_NODE_MINIMUM} or newer is needed. "
            "The program is built with its API only. Install a newer nodejs, or pass -DREEL_WEB=OFF.")
    else()
        set(REEL_WEB_FOUND TRUE CACHE INTERNAL "whether the web front end is embedded")
    endif()
endif()

if(REEL_WEB_FOUND)
    set(web ${PROJECT_SOURCE_DIR}/web)
    file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
    add_custom_command(OUTPUT ${REEL_WEB_BUILD}/web_assets.c
        COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DBUILD=${REEL_WEB_BUILD}
            -DNODE=${REEL_NODE} -DNPM=${REEL_NPM} -DNODE_VERSION=${node_version}
            -P ${PROJECT_SOURCE_DIR}/cmake/ReelWebBuild.cmake
        DEPENDS ${web_sources} ${web}/package.json ${web}/package-lock.json ${web}/.npmrc
            ${web}/tsconfig.json ${web}/index.html ${web}/scripts/build.mjs
            ${PROJECT_SOURCE_DIR}/tools/embed_web.mjs ${PROJECT_SOURCE_DIR}/cmake/ReelWebBuild.cmake
        COMMENT "Building the web front end" VERBATIM)
    target_sources(reel_web PRIVATE ${REEL_WEB_BUILD}/web_assets.c)
else()
    target_sources(reel_web PRIVATE ${PROJECT_SOURCE_DIR}/src/http/assets_none.c)
endif()
