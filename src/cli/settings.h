/* cli/settings.h - the names of all settings. Those of the program stand in .env.example, which is
 * compiled in, so that nothing is read that is not there (tools/check_settings.py).
 * Layer: cli. Threads: no state.
 */
#ifndef REEL_CLI_SETTINGS_H
#define REEL_CLI_SETTINGS_H

#include <stddef.h>

enum { REEL_SETTINGS_MAX = 96, REEL_SETTING_NAME = 48 };

/* Every name that something reads, tests and scripts included. Returns their number. */
size_t reel__settings_names(char out[REEL_SETTINGS_MAX][REEL_SETTING_NAME]);

#endif
