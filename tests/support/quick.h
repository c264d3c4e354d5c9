/* tests/support/quick.h - parameters that make a fit cheap, for tests that fit every model many
 * times and do not mind how good it is. Threads: no state.
 */
#ifndef TESTS_SUPPORT_QUICK_H
#define TESTS_SUPPORT_QUICK_H

#include <string.h>

#include "reel/model.h"

typedef struct quick {
    reel_param items[8];
    reel_params params; /* points into items: do not copy */
} quick;

static inline const reel_params *quick_params(quick *out, const char *model)
{
    static const reel_param cheap[] = {{"epochs", "2"},  {"sweeps", "2"}, {"samples", "6"},
                                       {"burn_in", "2"}, {"kept", "2"},   {"factors", "4"},
                                       {"rank", "4"},    {"hidden", "8"}};
    const reel_model_info *info = reel_model_find(model);
    size_t count = 0;

    for (size_t p = 0; p < info->param_count; p++)
        for (size_t i = 0; i < sizeof cheap / sizeof *cheap; i++)
            if (strcmp(info->params[p].name, cheap[i].name) == 0)
                out->items[count++] = cheap[i];
    out->params = (reel_params){out->items, count};
    return &out->params;
}

#endif
