/* serve_settings.c - see serve_settings.h. */
#include "cli/serve_settings.h"

#include <string.h>

#include "base/env.h"

reel_code reel__setting_switch(bool *out, const char *name, const char *value, bool otherwise,
                               reel_err *err)
{
    const char *said = value != NULL ? value : reel__env_get(name, "");

    *out = said[0] == '\0' ? otherwise : strcmp(said, "on") == 0;
    if (said[0] == '\0' || strcmp(said, "on") == 0 || strcmp(said, "off") == 0)
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID, "%s: \"%.40s\" is neither on nor off", name, said);
}

reel_code reel__serve_settings(reel_server_opts *out, reel_err *err)
{
    return reel__proxies_read(&out->proxies, reel__env_get("REEL_TRUSTED_PROXIES", ""), err);
}
