/* main.c - the one program. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return reel__cli_run(argc, argv);
}
