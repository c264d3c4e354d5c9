/* fuzz_zip.c - any bytes as an archive: no crash, no name that leaves a folder, no size that lies.
 */
#include <string.h>

#include "base/zip.h"
#include "fuzz/fuzz.h"

static reel_code count(void *user, const void *data, size_t length, reel_err *err)
{
    int64_t *total = user;

    (void)data;
    *total += (int64_t)length;
    return *total > 1 << 20 ? reel_fail(err, REEL_E_CANCELLED, "enough") : REEL_OK;
}

static void check_name(const char *name)
{
    must(name[0] != '\0' && name[0] != '/' && strchr(name, '\\') == NULL);
    must(strcmp(name, "..") != 0 && strncmp(name, "../", 3) != 0 && strstr(name, "/../") == NULL);
    must(strlen(name) < 3 || strcmp(name + strlen(name) - 3, "/..") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const reel_zip_limits limits = {.entries = 20, .expanded_bytes = 1 << 22};
    reel_err err = {REEL_OK, ""};
    reel_zip *zip = NULL;
    const reel_code rc = reel__zip_open_memory(&zip, data, size, &limits, &err);

    must((rc == REEL_OK) == (zip != NULL));
    must(rc == REEL_OK || rc == REEL_E_FORMAT || rc == REEL_E_TOOLARGE || rc == REEL_E_STORE);
    if (rc != REEL_OK)
        return 0;
    for (size_t i = 0; i < reel__zip_count(zip); i++) {
        const reel_zip_entry entry = reel__zip_entry(zip, i);
        int64_t total = 0;
        const reel_code read = reel__zip_read(zip, i, count, &total, &err);

        check_name(entry.name);
        must(read != REEL_OK || total == entry.size_bytes);
        must(total <= entry.size_bytes);
    }
    reel__zip_close(zip);
    return 0;
}
