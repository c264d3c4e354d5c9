/* blas.c - keeps OpenBLAS to the calling thread, and from waiting for memory that never comes.
 * OpenBLAS maps a buffer for a thread that is inside of it, keeps it for the next call, and where
 * the mapping fails it tries again without an end (driver/others/memory.c of 0.3). So under a limit
 * the buffers are made here, while it is known that there is room.
 */
#include "num/blas.h"

#include <omp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum {
    BUFFER = 128 << 20, /* the largest of any processor, and a page of its own */
    STACK = 8 << 20     /* of a thread of ours, unless ulimit -s says more */
};
static const size_t BESIDE = 16U << 20; /* what the work itself needs at least */

/* Its own, in no header; another BLAS has none. */
extern void *blas_memory_alloc(int place) __attribute__((weak));
extern void blas_memory_free(void *buffer) __attribute__((weak));

static void use_one_thread(void)
{
    openblas_set_num_threads(1);
}

void reel__blas_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, use_one_thread);
}

/* Whether so many bytes more can be mapped. */
static bool fits(size_t bytes)
{
    void *probe = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (probe == MAP_FAILED)
        return false;
    (void)munmap(probe, bytes);
    return true;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* One for the calling thread, still taken; NULL: there is no room. */
static void *take_buffer(void)
{
    void *buffer = NULL;

    (void)pthread_mutex_lock(&lock);
    if (fits(BUFFER + BESIDE))
        buffer = blas_memory_alloc(0);
    (void)pthread_mutex_unlock(&lock);
    return buffer;
}

/* All take before the first gives back, so that each has another, whether OpenBLAS keeps them for
 * everybody or for each thread. */
static bool make_buffers(int threads)
{
    bool made = true;

#pragma omp parallel num_threads(threads) reduction(&& : made)
    {
        void *buffer = take_buffer();

        made = buffer != NULL;
#pragma omp barrier
        if (made)
            blas_memory_free(buffer);
    }
    return made;
}

reel_code reel__blas_reserve(int threads, reel_err *err)
{
    static _Thread_local int reserved; /* of the largest team so far */
    struct rlimit limit;
    size_t needed;

    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return REEL_OK;
    if (threads <= 0)
        threads = omp_get_num_procs();
    if (threads <= reserved)
        return REEL_OK;
    needed = (size_t)(threads - reserved) * (BUFFER + STACK) + BESIDE;
    if (!fits(needed) ||
        (blas_memory_alloc != NULL && blas_memory_free != NULL && !make_buffers(threads)))
        return reel_fail(
            err, REEL_E_NOMEM,
            "the address space is limited to %llu MB (ulimit -v, or REEL_JOB_MEMORY of "
            "a job), and %zu MB more are needed to begin, %d MB a thread; raise the "
            "limit, or use fewer threads",
            (unsigned long long)limit.rlim_cur >> 20, needed >> 20, (BUFFER + STACK) >> 20);
    reserved = threads;
    return REEL_OK;
}
