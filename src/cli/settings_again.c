/* settings_again.c - what a running server takes from a changed .env: how much it logs, and how.
 * What the environment itself said stays, as at a start; what was set from .env can be told from it
 * by the environment the process began with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/env.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/serve_settings.h"

enum { BEGUN_MOST = 1 << 18 };

typedef struct begun {
    char *text; /* NAME=value, each closed by a NUL */
    size_t length;
} begun;

static void read_begun(begun *out)
{
    FILE *file = fopen("/proc/self/environ", "re");

    out->text = reel__alloc_array(BEGUN_MOST, 1);
    out->length = 0;
    if (out->text != NULL && file != NULL)
        out->length = fread(out->text, 1, BEGUN_MOST - 1, file);
    if (out->text != NULL)
        out->text[out->length] = '\0';
    if (file != NULL)
        (void)fclose(file);
}

static bool was_there(const begun *environment, const char *name)
{
    const size_t length = strlen(name);

    for (size_t at = 0; at < environment->length; at += strlen(environment->text + at) + 1)
        if (strncmp(environment->text + at, name, length) == 0 &&
            environment->text[at + length] == '=')
            return true;
    return false;
}

static reel_code take_line(void *user, const char *name, const char *value, reel_err *err)
{
    const begun *environment = user;
    const char *now = getenv(name);

    if (was_there(environment, name) || (now != NULL && strcmp(now, value) == 0))
        return REEL_OK;
    if (strcmp(name, "REEL_LOG") != 0 && strcmp(name, "REEL_LOG_FORMAT") != 0) {
        reel__log(REEL_LOG_WARN, "settings", "changed=%s text=\"takes effect at the next start\"",
                  name);
        return REEL_OK;
    }
    if (setenv(name, value, 1) != 0)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the setting %s", name);
    return REEL_OK;
}

void reel__settings_again(void)
{
    begun environment;
    reel_file_map file;
    reel_err err = {REEL_OK, ""};
    char quoted[600];

    if (reel__file_map_open(&file, ".env", &err) != REEL_OK)
        return;
    read_begun(&environment);
    if (environment.text != NULL &&
        reel__env_parse((const char *)file.data, file.size_bytes, ".env", take_line, &environment,
                        &err) != REEL_OK)
        reel__log(REEL_LOG_WARN, "settings", "text=%s",
                  reel__log_quote(quoted, sizeof quoted, err.msg));
    reel__free(environment.text);
    reel__file_map_close(&file);
    if (reel__cli_set_up_log(&err) != REEL_OK)
        reel__log(REEL_LOG_WARN, "settings", "text=%s",
                  reel__log_quote(quoted, sizeof quoted, err.msg));
}
