/* Many sessions over one engine: each thread gets what one thread alone gets, also from the title
 * index that the first search makes.
 */
#include <pthread.h>

#include "service/engine/search.h"
#include "support/world.h"

enum { THREADS = 8, ROUNDS = 3 };

static reel_engine *engine;
static const char *const models[] = {"hybrid", "content", "user-knn", "popular"};

/* What a session answers, as one number that depends on every film and its place. */
static reel_code ask(reel_session *session, uint64_t *out, reel_err *err)
{
    const reel_list *list;
    reel_search_hits hits;
    uint64_t sum = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__search(session, "the", (reel_page){.limit = 10}, &hits, err));
    for (size_t i = 0; i < hits.count; i++)
        sum = sum * 31 + (uint64_t)hits.items[i].movie;
    for (int64_t person = 3; person <= 3 * WORLD_PEOPLE; person += 3) {
        reel_request request = reel__request_default();

        request.user = person;
        request.model = models[person % 4];
        REEL_TRY(reel__recommend(session, &request, &list, err));
        for (size_t i = 0; i < list->count; i++)
            sum = sum * 31 + (uint64_t)list->items[i].movie + list->items[i].why.reason_count;
    }
    *out = sum;
out:
    return rc;
}

typedef struct asker {
    uint64_t answers[ROUNDS];
    reel_code rc;
} asker;

static void *ask_often(void *argument)
{
    asker *own = argument;
    reel_session *session = NULL;
    reel_err err = {0};

    own->rc = reel__session_new(&session, engine, &err);
    for (int i = 0; i < ROUNDS && own->rc == REEL_OK; i++)
        own->rc = ask(session, &own->answers[i], &err);
    reel__session_free(session);
    return NULL;
}

static void threads_agree(void **state)
{
    pthread_t threads[THREADS];
    asker askers[THREADS] = {0};
    reel_session *session;
    uint64_t alone = 0;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    engine = world_open("reel.db");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    session = world_session(engine);
    assert_ok(ask(session, &alone, &err));
    assert_true(alone != 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(askers[i].rc, REEL_OK);
        for (int k = 0; k < ROUNDS; k++)
            assert_true(askers[i].answers[k] == alone);
    }
    reel__session_free(session);
    reel__engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_agree)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
