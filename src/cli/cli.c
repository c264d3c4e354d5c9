/* cli.c - finds the subcommand and runs it. */
#include "cli/cli.h"

#include <stdio.h>

#include "reel/version.h"

int reel__cli_run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return printf("reel %s\n", reel_version()) < 0;
}
