/* main.c - the one program. */
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "service/operation/start.h"

int main(int argc, char **argv)
{
    /* Once more, as the same process with the same files and words, in another environment; where
     * that is not possible it goes on as it is. */
    if (reel__start_prepare())
        (void)execv("/proc/self/exe", argv);
    (void)prctl(PR_SET_NAME, "reel"); /* started by that link, as jobs are, it would be "exe" */
    return reel__cli_run(argc, argv);
}
