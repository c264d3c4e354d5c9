/* blas.c - keeps OpenBLAS to the calling thread. */
#include "num/blas.h"

#include <pthread.h>

static void use_one_thread(void)
{
    openblas_set_num_threads(1);
}

void reel__blas_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, use_one_thread);
}
