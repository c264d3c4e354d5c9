/* version.c - the version this library was built as. */
#include "reel/version.h"

const char *reel_version(void)
{
    return REEL_VERSION;
}
