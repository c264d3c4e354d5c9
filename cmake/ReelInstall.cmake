# What `cmake --install` puts where: the program, libreel.so with its headers, pkg-config and CMake
# package files. The shared library exports what include/reel declares and nothing else.
add_library(reel_shared SHARED $<TARGET_OBJECTS:reel_core>)
add_library(Reel::reel ALIAS reel_shared)
set_target_properties(reel_shared PROPERTIES
    OUTPUT_NAME reel EXPORT_NAME reel VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_include_directories(reel_shared INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(reel_shared PRIVATE ${REEL_CORE_LIBRARIES})
target_link_options(reel_shared PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/reel.map)
set_target_properties(reel_shared PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/reel.map)

install(TARGETS reel RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS reel_shared EXPORT ReelTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/reel DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    COMPONENT library FILES_MATCHING PATTERN "*.h")
install(EXPORT ReelTargets NAMESPACE Reel:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Reel COMPONENT library)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ReelConfig.cmake.in
    ${PROJECT_BINARY_DIR}/ReelConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Reel)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ReelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ReelConfig.cmake ${PROJECT_BINARY_DIR}/ReelConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Reel COMPONENT library)

# Relocatable: the prefix is found from where the .pc file lies.
file(RELATIVE_PATH REEL_PC_UP "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/p")
configure_file(${PROJECT_SOURCE_DIR}/cmake/reel.pc.in ${PROJECT_BINARY_DIR}/reel.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/reel.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
