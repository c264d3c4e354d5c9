/* blas_core.c - which loops OpenBLAS has chosen for this processor, and which it should have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/blas.h"

/* What OpenBLAS takes for processors it has not heard of, by what they have (dynamic.c of 0.3). */
static bool is_last_resort(const char *taken)
{
    static const char *const names[] = {"Prescott", "Core2", "Nehalem", "Barcelona", "Sandybridge"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(taken, names[i]) == 0)
            return true;
    return false;
}

const char *reel__blas_core_for(const char *taken, bool avx2, bool avx512)
{
    if (!avx2 || !is_last_resort(taken))
        return NULL;
    return avx512 ? "SkylakeX" : "Haswell";
}

const char *reel__blas_better_core(void)
{
#if defined __x86_64__
    /* Compilers know the bits, whatever the model's number is. */
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");

    if (getenv("OPENBLAS_CORETYPE") == NULL)
        return reel__blas_core_for(openblas_get_corename(), avx2, avx512);
#endif
    return NULL;
}

void reel__blas_name(char *out, size_t size)
{
    const char *config = openblas_get_config(); /* "OpenBLAS 0.3.21 NO_LAPACKE ..." */
    const char *version = strchr(config, ' ');
    const size_t length = version == NULL
                              ? strlen(config)
                              : (size_t)(version - config) + 1 + strcspn(version + 1, " ");

    (void)snprintf(out, size, "%.*s for %s", (int)length, config, openblas_get_corename());
}
