/* main.c - the one program. */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"

/* OpenBLAS starts threads when it is loaded, each with a buffer of 128 MB, and where the address
 * space is limited they look for it for ever, and the end of the program waits for them. It is told
 * not to before it is loaded: so the program starts itself once more, as the same process with the
 * same files, words and environment but for this. */
static void start_without_threads(char **argv)
{
    static const char name[] = "OPENBLAS_NUM_THREADS";
    const char *threads = getenv(name);
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        (threads == NULL || strcmp(threads, "1") != 0) && setenv(name, "1", 1) == 0)
        (void)execv("/proc/self/exe", argv); /* where that is not possible it goes on as it is */
}

int main(int argc, char **argv)
{
    start_without_threads(argv);
    (void)prctl(PR_SET_NAME, "reel"); /* started by that link, as jobs are, it would be "exe" */
    return reel__cli_run(argc, argv);
}
