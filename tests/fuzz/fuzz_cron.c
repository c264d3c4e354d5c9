/* fuzz_cron.c - any bytes as a schedule: what is taken comes, after any time, within nine years. */
#include <string.h>

#include "base/cron.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t times[] = {0, 951782399, 1774742400, 1792886400, 4102444799, 4107542399};
    char text[1200];
    reel_cron cron;
    reel_err err = {REEL_OK, ""};

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (reel__cron_parse(&cron, text, &err) != REEL_OK) {
        must(err.code == REEL_E_INVALID && err.msg[0] != '\0');
        return 0;
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const int64_t next = reel__cron_next(&cron, times[i]);

        must(next > times[i] && next - times[i] < INT64_C(9) * 366 * 86400 && next % 60 == 0);
    }
    return 0;
}
