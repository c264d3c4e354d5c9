/* start.c - see start.h. */
#include "service/operation/start.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "num/blas.h"

/* OpenBLAS starts threads when it is loaded, each with a buffer of 128 MB, and where the address
 * space is limited they look for it for ever, and the end of the program waits for them. */
static bool forbid_threads(void)
{
    static const char name[] = "OPENBLAS_NUM_THREADS";
    const char *threads = getenv(name);
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           (threads == NULL || strcmp(threads, "1") != 0) && setenv(name, "1", 1) == 0;
}

static bool name_core(void)
{
    const char *core = reel__blas_better_core();

    return core != NULL && setenv("OPENBLAS_CORETYPE", core, 0) == 0;
}

bool reel__start_prepare(void)
{
    const bool threads = forbid_threads();

    return name_core() || threads;
}

void reel__start_blas(char *out, size_t size)
{
    reel__blas_name(out, size);
}
