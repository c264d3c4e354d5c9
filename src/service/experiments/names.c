/* names.c - see names.h. */
#include "service/experiments/names.h"

#include <string.h>

#include "base/alloc.h"

reel_code reel__experiment_names_read(reel_experiment_names *out, reel_store *store, reel_err *err)
{
    *out = (reel_experiment_names){0};
    return reel__experiments_scan(&out->all, &out->count, store, err);
}

void reel__experiment_names_fini(reel_experiment_names *names)
{
    reel__free(names->all);
    *names = (reel_experiment_names){0};
}

bool reel__experiment_names_find(const reel_experiment_names *names, const char *list_id,
                                 const char **experiment, const char **arm)
{
    char tag[REEL_EXPERIMENT_TAG];
    int index;

    if (names->count == 0 || !reel__experiment_list(list_id, tag, &index))
        return false;
    for (size_t i = 0; i < names->count; i++) {
        const reel_experiment *e = &names->all[i];

        if (strcmp(e->tag, tag) != 0)
            continue;
        if (index >= (int)e->arm_count || (index < 0) != (e->kind == REEL_EXPERIMENT_INTERLEAVE))
            return false;
        *experiment = e->name;
        *arm = index < 0 ? NULL : e->arms[index].name;
        return true;
    }
    return false;
}
