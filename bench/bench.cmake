# reel_add_bench(knn FILES ...): a program bench_knn from knn.c and more files.
function(reel_add_bench name)
    add_executable(bench_${name} ${name}.c ${ARGN})
    target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(bench_${name} PRIVATE reel_app)
endfunction()

reel_add_bench(knn movielens.c)
reel_add_bench(parse movielens.c)
reel_add_bench(score movielens.c)
reel_add_bench(store movielens.c)
reel_add_bench(base)
reel_add_bench(blend movielens.c)
reel_add_bench(poster)
