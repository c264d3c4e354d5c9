/* Another engine takes the place of the one that answers while clients ask: no request fails, and
 * no answer is a mixture. Each names its data and its model, and holds what that model says of
 * those data when nobody else asks.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "http/answer_sum.h"
#include "http/api.h"
#include "http/client.h"
#include "http/server.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
enum { REQUESTS = 1600, SWAPS = 8 };
#else
enum { REQUESTS = 10000, SWAPS = 20 };
#endif
enum { CLIENTS = 8, WORLDS = 2, TARGETS = 7, PART = REQUESTS / (SWAPS + 1) };

static const char *const targets[TARGETS] = {
    "/api/v1/recommendations?user=6&model=hybrid",
    "/api/v1/recommendations?user=9&model=user-knn",
    "/api/v1/recommendations?user=12&model=ease&filter=year%3E1980",
    "/api/v1/recommendations?user=15&model=ials&diversity=0.5",
    "/api/v1/movies/1/similar",
    "/api/v1/movies?q=god",
    "/api/v1/people/6",
};

/* One of the two sets of data with its models. */
typedef struct world {
    const char *database;
    char hash[80];
    uint64_t expected[TARGETS]; /* what is said when nobody else asks */
    char models[TARGETS][80];   /* the id of the model that says it, "" = no model does */
} world;

static world worlds[WORLDS];
static reel_publisher *published;
static reel_server *server;
static uint16_t port;
static atomic_int asked, swapped; /* requests and swaps so far */

/* Whether an answer is what this world says, under its own name. */
static bool is_of(const world *w, size_t target, const char *answer)
{
    if (sum_of(answer) != w->expected[target])
        return false;
    return w->models[target][0] == '\0' ||
           (strstr(answer, w->models[target]) != NULL && strstr(answer, w->hash) != NULL);
}

typedef struct client {
    pthread_t thread;
    web_client wire;
    int number;
    int failed, mixed, of[WORLDS];
} client;

/* Nobody is two parts ahead of the swaps: opening an engine may take as long as all requests. */
static bool ask_on(void)
{
    const int number = atomic_fetch_add(&asked, 1);

    while (atomic_load(&swapped) < SWAPS && number >= (atomic_load(&swapped) + 2) * PART)
        (void)usleep(200);
    return number < REQUESTS;
}

static void *run_client(void *argument)
{
    client *own = argument;
    const char *body;

    if (!client_open(&own->wire, port))
        own->failed++;
    while (own->failed == 0 && ask_on()) {
        const size_t target = (size_t)(own->number++) % TARGETS;
        const bool good = client_get(&own->wire, targets[target], &body) == 200;
        bool known = false;

        own->failed += !good;
        for (size_t w = 0; w < WORLDS && good; w++)
            if (!known && is_of(&worlds[w], target, body)) {
                known = true;
                own->of[w]++;
            }
        own->mixed += good && !known;
    }
    client_close(&own->wire);
    return NULL;
}

/* Each time when a part of the requests was made. Nobody but those who use it holds the older one.
 */
static void swap_while_asked(void)
{
    for (int swap = 1; swap <= SWAPS; swap++) {
        while (atomic_load(&asked) < swap * PART)
            (void)usleep(200);
        reel__publish(published, world_open(worlds[swap % WORLDS].database));
        atomic_store(&swapped, swap);
    }
}

static void no_request_fails_and_no_answer_is_mixed(void **state)
{
    static client clients[CLIENTS];
    int of[WORLDS] = {0};

    (void)state;
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].number = i;
        assert_int_equal(pthread_create(&clients[i].thread, NULL, run_client, &clients[i]), 0);
    }
    swap_while_asked();
    for (int i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_join(clients[i].thread, NULL), 0);
        assert_int_equal(clients[i].failed, 0);
        assert_int_equal(clients[i].mixed, 0);
        for (size_t w = 0; w < WORLDS; w++)
            of[w] += clients[i].of[w];
    }
    assert_int_equal(of[0] + of[1], REQUESTS);
    assert_true(of[0] > REQUESTS / 8 && of[1] > REQUESTS / 8);
}

/* ---- before and after ---------------------------------------------------------------------- */

static void learn_world(world *w, const char *folder, const char *database, uint64_t seed)
{
    web_client *alone = calloc(1, sizeof *alone);
    reel_engine *engine;
    const char *body;

    assert_non_null(alone);
    (void)world_load(folder, database, seed);
    w->database = database;
    engine = world_open(database);
    (void)snprintf(w->hash, sizeof w->hash, "\"data_hash\":\"%s\"",
                   reel_dataset_hash(reel__engine_dataset(engine)));
    reel__publish(published, engine);
    assert_true(client_open(alone, port));
    for (size_t i = 0; i < TARGETS; i++) {
        const char *id;

        assert_int_equal(client_get(alone, targets[i], &body), 200);
        w->expected[i] = sum_of(body);
        id = strstr(body, "\"model\":{");
        id = id == NULL ? NULL : strstr(id, "\"id\":");
        if (id != NULL)
            (void)snprintf(w->models[i], sizeof w->models[i], "%.*s", (int)strcspn(id, ",}"), id);
    }
    client_close(alone);
    free(alone);
}

static int start(void **state)
{
    const reel_server_opts opts = {.listen = "127.0.0.1:0", .threads = 3};
    reel_app app = {.auth = REEL_AUTH_OPEN};
    reel_err err = {0};

    (void)state;
    assert_ok(reel__publisher_new(&published, &err));
    app.published = published;
    assert_ok(reel__server_new(&server, &opts, &err));
    assert_ok(reel__server_start(server, &app, &err));
    port = (uint16_t)strtol(strrchr(reel__server_url(server), ':') + 1, NULL, 10);
    learn_world(&worlds[0], "one", "one.db", 1);
    learn_world(&worlds[1], "two", "two.db", 2);
    for (size_t i = 0; i < TARGETS - 1; i++)
        assert_true(worlds[0].expected[i] != worlds[1].expected[i]);
    assert_string_not_equal(worlds[0].models[0], worlds[1].models[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    reel__server_stop(server);
    reel__publisher_free(published);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_request_fails_and_no_answer_is_mixed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
