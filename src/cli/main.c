/* main.c - the one program. */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"

/* OpenBLAS starts threads when it is loaded, each with a buffer of 128 MB, and where the address
 * space is limited they look for it for ever, and the end of the program waits for them. It is told
 * not to before it is loaded: so the program starts itself once more. */
static void start_without_threads(char **argv)
{
    static const char name[] = "OPENBLAS_NUM_THREADS";
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        getenv(name) == NULL && setenv(name, "1", 1) == 0)
        (void)execv("/proc/self/exe", argv); /* where that is not possible it goes on as it is */
}

int main(int argc, char **argv)
{
    start_without_threads(argv);
    return reel__cli_run(argc, argv);
}
