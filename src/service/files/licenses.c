/* licenses.c - the notices of everything embedded, joined at build time and copied in by the
 * assembler. */
#include "service/engine/about.h"

__asm__(".section .rodata\n"
        "reel__notices_begin:\n"
        ".incbin \"" REEL_NOTICES_FILE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char reel__notices_begin[] __attribute__((visibility("hidden")));

const char *reel__licenses(void)
{
    return reel__notices_begin;
}
