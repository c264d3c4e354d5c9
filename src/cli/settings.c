/* settings.c - see settings.h. */
#include "cli/settings.h"

#include <stdio.h>
#include <string.h>

__asm__(".section .rodata\n"
        "reel__settings_begin:\n"
        ".incbin \"" REEL_SETTINGS_FILE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char reel__settings_begin[] __attribute__((visibility("hidden")));

/* What scripts, tests and notebooks read. */
static const char *const for_developers[] = {
    "REEL_DATABASE",          "REEL_FUZZ_SECONDS", "REEL_KILLS",
    "REEL_LINT_NODES",        "REEL_SEED",         "REEL_SOAK_SECONDS",
    "REEL_POSTGRES_SETTINGS", "REEL_TEST_DATA",    "REEL_TEST_POSTGRES",
    "REEL_TEST_POSTGRES_CTL", "REEL_WEB",
};

size_t reel__settings_names(char out[REEL_SETTINGS_MAX][REEL_SETTING_NAME])
{
    size_t count = 0;

    for (; count < sizeof for_developers / sizeof *for_developers; count++)
        (void)snprintf(out[count], REEL_SETTING_NAME, "%s", for_developers[count]);
    for (const char *line = reel__settings_begin; *line != '\0' && count < REEL_SETTINGS_MAX;) {
        const char *name = line + (*line == '#' ? 1 : 0);
        const size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

        if (length > 0 && length < REEL_SETTING_NAME && name[length] == '=')
            (void)snprintf(out[count++], REEL_SETTING_NAME, "%.*s", (int)length, name);
        line += strcspn(line, "\n");
        line += *line == '\n' ? 1 : 0;
    }
    return count;
}
