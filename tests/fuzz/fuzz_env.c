/* fuzz_env.c - any bytes as a settings file: no crash, and only sound settings come out. */
#include <string.h>

#include "base/env.h"
#include "fuzz/fuzz.h"

static reel_code check(void *user, const char *name, const char *value, reel_err *err)
{
    const size_t size = *(const size_t *)user;

    (void)err;
    must(name[0] != '\0');
    must(name[0] < '0' || name[0] > '9');
    must(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") ==
         strlen(name));
    must(strlen(name) + strlen(value) < size);
    return REEL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__env_parse((const char *)data, size, "fuzz", check, &size, &err);

    must(rc == REEL_OK || rc == REEL_E_SYNTAX || rc == REEL_E_TOOLARGE);
    must(rc == REEL_OK || strncmp(err.msg, "fuzz:", 5) == 0 || rc == REEL_E_TOOLARGE);
    return 0;
}
