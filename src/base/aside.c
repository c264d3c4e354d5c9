/* aside.c - a ring of what waits, and the threads that empty it. */
#include "base/aside.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/thread.h"

enum { THREADS_MOST = 8 };

struct reel_aside {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct {
        reel_aside_fn *work;
        void *user;
    } waiting[REEL_ASIDE_WAITING];
    int first, count;
    bool closing;
    pthread_t threads[THREADS_MOST];
    int running;
};

static void *work_on(void *user)
{
    reel_aside *aside = user;

    pthread_mutex_lock(&aside->lock);
    for (;;) {
        int at;

        while (aside->count == 0 && !aside->closing)
            pthread_cond_wait(&aside->changed, &aside->lock);
        if (aside->count == 0)
            break;
        at = aside->first;
        aside->first = (aside->first + 1) % REEL_ASIDE_WAITING;
        aside->count--;
        {
            reel_aside_fn *work = aside->waiting[at].work;
            void *with = aside->waiting[at].user;

            pthread_mutex_unlock(&aside->lock);
            work(with);
            pthread_mutex_lock(&aside->lock);
        }
    }
    pthread_mutex_unlock(&aside->lock);
    return NULL;
}

reel_code reel__aside_open(reel_aside **out, int threads, reel_err *err)
{
    reel_aside *aside = reel__alloc_zero(1, sizeof *aside);

    *out = NULL;
    if (aside == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for work set aside");
    (void)pthread_mutex_init(&aside->lock, NULL);
    (void)pthread_cond_init(&aside->changed, NULL);
    while (aside->running < threads && aside->running < THREADS_MOST) {
        if (reel__thread_start(&aside->threads[aside->running], work_on, aside) != 0) {
            reel__aside_close(aside);
            return reel_fail(err, REEL_E_NOMEM, "no thread for work set aside");
        }
        aside->running++;
    }
    *out = aside;
    return REEL_OK;
}

void reel__aside_close(reel_aside *aside)
{
    if (aside == NULL)
        return;
    pthread_mutex_lock(&aside->lock);
    aside->closing = true;
    pthread_cond_broadcast(&aside->changed);
    pthread_mutex_unlock(&aside->lock);
    for (int i = 0; i < aside->running; i++)
        (void)pthread_join(aside->threads[i], NULL);
    (void)pthread_cond_destroy(&aside->changed);
    (void)pthread_mutex_destroy(&aside->lock);
    reel__free(aside);
}

bool reel__aside_run(reel_aside *aside, reel_aside_fn *work, void *user)
{
    bool taken;

    pthread_mutex_lock(&aside->lock);
    taken = aside->count < REEL_ASIDE_WAITING && !aside->closing;
    if (taken) {
        const int at = (aside->first + aside->count++) % REEL_ASIDE_WAITING;

        aside->waiting[at].work = work;
        aside->waiting[at].user = user;
        pthread_cond_signal(&aside->changed);
    }
    pthread_mutex_unlock(&aside->lock);
    return taken;
}
