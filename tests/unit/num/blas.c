/* OpenBLAS: which loops it should take, and under a limit on the address space: refused before it
 * waits for ever, or served. Each of the latter in a process of its own, which an alarm ends. */
#include "support/check.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "num/blas.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { LIMITS_WORK = 0 }; /* their shadow takes what a limit would leave */
#else
enum { LIMITS_WORK = 1 };
#endif

enum { SIDE = 96, ROOM = 1 << 30, SECONDS = 60 };

/* So many bytes more than there are now. */
static void allow(size_t bytes)
{
    const long page = sysconf(_SC_PAGESIZE);
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

    if (file == NULL || fscanf(file, "%lu", &pages) != 1)
        _exit(10);
    (void)fclose(file);
    limit.rlim_cur = (rlim_t)pages * (rlim_t)page + bytes;
    if (setrlimit(RLIMIT_AS, &limit) != 0)
        _exit(11);
}

static int in_a_process(int (*work)(void))
{
    const pid_t child = fork();
    int status = 0;

    if (child == 0) {
        (void)alarm(SECONDS);
        _exit(work());
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* A product large enough for OpenBLAS to want a buffer. */
static void multiply(double *a)
{
    double *c = a + (size_t)SIDE * SIDE;

    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, SIDE, SIDE, 1, a, SIDE, 0, c, SIDE);
}

static int refuse(void)
{
    reel_err err = {REEL_OK, ""};

    allow(50 << 20);
    if (reel__blas_reserve(1, &err) != REEL_E_NOMEM || reel__blas_reserve(0, &err) != REEL_E_NOMEM)
        return 1;
    return strstr(err.msg, "ulimit -v") != NULL ? 0 : 2;
}

static void too_little_is_refused(void **state)
{
    (void)state;
    if (!LIMITS_WORK)
        skip();
    assert_int_equal(in_a_process(refuse), 0);
}

/* What was had beforehand is used when nothing is left. */
static int reserve(void)
{
    static double rooms[2][2 * SIDE * SIDE];
    reel_err err = {REEL_OK, ""};

    reel__blas_init();
    allow(ROOM);
    if (reel__blas_reserve(2, &err) != REEL_OK)
        return 1;
    allow(0);
    if (reel__blas_reserve(2, &err) != REEL_OK || reel__blas_reserve(1, &err) != REEL_OK)
        return 2;
    if (reel__blas_reserve(8, &err) != REEL_E_NOMEM)
        return 3;
    multiply(rooms[0]);
#pragma omp parallel for num_threads(2) schedule(static, 1)
    for (int i = 0; i < 2; i++)
        multiply(rooms[i]);
    return 0;
}

static void what_was_reserved_is_there(void **state)
{
    (void)state;
    if (!LIMITS_WORK)
        skip();
    assert_int_equal(in_a_process(reserve), 0);
}

static void without_a_limit_nothing_is_asked(void **state)
{
    reel_err err = {REEL_OK, ""};

    (void)state;
    assert_ok(reel__blas_reserve(100000, &err));
}

static void test_a_newer_processor_gets_the_loops_it_can_run(void **state)
{
    (void)state;
    static const struct {
        const char *taken;
        bool avx2, avx512;
        const char *better;
    } cases[] = {{"Prescott", true, true, "SkylakeX"},
                 {"Prescott", true, false, "Haswell"},
                 {"Barcelona", true, false, "Haswell"},
                 {"Prescott", false, false, NULL},
                 {"Sandybridge", false, false, NULL},
                 {"Haswell", true, true, NULL},
                 {"Zen", true, false, NULL},
                 {"SkylakeX", true, true, NULL}};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const char *better = reel__blas_core_for(cases[c].taken, cases[c].avx2, cases[c].avx512);

        if (cases[c].better == NULL)
            assert_null(better);
        else
            assert_string_equal(better, cases[c].better);
    }
}

static void test_whoever_was_told_is_not_asked(void **state)
{
    (void)state;
    char name[64];

    assert_int_equal(setenv("OPENBLAS_CORETYPE", "Prescott", 1), 0);
    assert_null(reel__blas_better_core());
    assert_int_equal(unsetenv("OPENBLAS_CORETYPE"), 0);
    reel__blas_name(name, sizeof name);
    assert_ptr_equal(strstr(name, "OpenBLAS "), name);
    assert_non_null(strstr(name, " for "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_newer_processor_gets_the_loops_it_can_run),
        cmocka_unit_test(test_whoever_was_told_is_not_asked),
        cmocka_unit_test(too_little_is_refused),
        cmocka_unit_test(what_was_reserved_is_there),
        cmocka_unit_test(without_a_limit_nothing_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
