# Warnings and house flags, carried by the interface target every own target links.
add_library(reel_flags INTERFACE)
target_compile_definitions(reel_flags INTERFACE _GNU_SOURCE)
target_compile_options(reel_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wwrite-strings -Wvla -Wundef -Wdouble-promotion -fno-math-errno
    -Wno-missing-field-initializers) # tables leave out their last fields: 0
# clang says so where sanitizer builds leave a loop under `omp simd` as it is, which is no fault.
target_compile_options(reel_flags INTERFACE $<$<C_COMPILER_ID:Clang>:-Wno-pass-failed>)
if(REEL_WERROR)
    target_compile_options(reel_flags INTERFACE -Werror)
endif()
