/* As how many people one address is believed: who asks a server that is open calls themselves as
 * they like. Lists are answered all the same; what is told of them is kept, and has no say.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "http/api.h"

enum { EACH = 3, ACCOUNT = 7 };

static const reel_caller public_key = {.kind = REEL_CALLER_KEY,
                                       .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK,
                                       .is_public = true},
                         server_key = {.kind = REEL_CALLER_KEY,
                                       .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK},
                         their_key = {.kind = REEL_CALLER_KEY,
                                      .account = ACCOUNT,
                                      .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK},
                         account = {.kind = REEL_CALLER_ACCOUNT,
                                    .account = ACCOUNT,
                                    .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK};

static void come_from(const char *text)
{
    const reel_proxies none = {.count = 0};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr_in v4 = {.sin_family = AF_INET};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        reel__client_peer(&api.client, (const struct sockaddr *)&v4, false);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        reel__client_peer(&api.client, (const struct sockaddr *)&v6, false);
    api.client.own = reel__client_is_own(&api.client, &none);
}

static int start(void **state)
{
    reel_err err = {0};

    (void)state;
    assert_ok(reel__visitors_new(&api.app.visitors, EACH, &err));
    api.caller = public_key;
    come_from("192.0.2.1");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    reel__visitors_free(api.app.visitors);
    api.app.visitors = NULL;
    return 0;
}

/* ---- lists and what is told of them -------------------------------------------------------- */

typedef struct shown {
    char id[REEL_LIST_ID];
    int64_t movie;
} shown;

static shown list_for(const char *rest)
{
    char body[300];
    const json_t *list;
    shown out;

    (void)snprintf(body, sizeof body, "{\"limit\":4,%s}", rest);
    list = post("/api/v1/recommendations", body);
    (void)snprintf(out.id, sizeof out.id, "%s", text(list, "id"));
    assert_int_equal(strlen(out.id), 42); /* whether it is signed shows nowhere */
    assert_int_equal(json_array_size(member(list, "items")), 4);
    out.movie = integer(json_array_get(member(list, "items"), 0), "movie");
    return out;
}

static bool take_first(void *user, const reel_event *event)
{
    *(bool *)user = !event->untrusted;
    return false;
}

static bool newest_is_believed(void)
{
    const reel_event_filter newest = {.limit = 1};
    bool trusted = false;
    reel_err err = {0};

    assert_ok(reel__store_scan_events(api.store, &newest, take_first, &trusted, &err));
    return trusted;
}

/* who: "\"user\":3" */
static bool is_believed(const shown *list, const char *who)
{
    static unsigned count;
    char body[500];

    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"%08x-0000-4000-8000-000000000000\",\"type\":"
                   "\"click\",\"list_id\":\"%s\",\"item\":%lld,%s}]}",
                   ++count, list->id, (long long)list->movie, who);
    assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 1);
    return newest_is_believed();
}

#define HISTORY "\"history\":[{\"movie\":1,\"rating\":5}]"

/* Asks for a list as this visitor, and tells of it. */
static bool speaks(int number)
{
    char ask[120], who[40];
    shown list;

    (void)snprintf(who, sizeof who, "\"visitor\":\"v_%d\"", number);
    (void)snprintf(ask, sizeof ask, "%s," HISTORY, who);
    list = list_for(ask);
    return is_believed(&list, who);
}

static bool person_speaks(const char *who)
{
    const shown list = list_for(who);

    return is_believed(&list, who);
}

/* ---- who is believed ----------------------------------------------------------------------- */

static void an_address_is_so_many_visitors(void **state)
{
    (void)state;
    for (int i = 0; i < EACH; i++)
        assert_true(speaks(i));
    assert_false(speaks(EACH));
    assert_true(speaks(0));
    come_from("192.0.2.2");
    assert_true(speaks(EACH));
}

static void persons_of_the_data_are_counted_too(void **state)
{
    (void)state;
    assert_true(person_speaks("\"user\":3"));
    assert_true(person_speaks("\"user\":6"));
    assert_true(speaks(0));
    assert_false(person_speaks("\"user\":9"));
    assert_true(person_speaks("\"user\":3"));
}

static void a_network_of_ipv6_is_one_address(void **state)
{
    (void)state;
    for (int i = 0; i <= EACH; i++) {
        char text[40];

        (void)snprintf(text, sizeof text, "2001:db8:0:1::%x", i);
        come_from(text);
        assert_int_equal(speaks(i), i < EACH);
    }
    come_from("2001:db8:0:2::1");
    assert_true(speaks(EACH));
}

static void this_machine_may_ask_as_anybody(void **state)
{
    static const char *const own[] = {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"};

    (void)state;
    for (int i = 0; i < 4 * EACH; i++) {
        come_from(own[i % 4]);
        assert_true(speaks(i));
    }
}

/* What the server keeps of it by itself says no more, nor does how it goes on. */
static void a_list_beyond_is_nobodys(void **state)
{
    char next[2000];
    const json_t *list;
    shown more;

    (void)state;
    for (int i = 0; i < EACH; i++)
        assert_true(speaks(i));
    (void)list_for("\"visitor\":\"v_9\",\"log\":true," HISTORY);
    assert_false(newest_is_believed());
    (void)list_for("\"visitor\":\"v_0\",\"log\":true," HISTORY);
    assert_true(newest_is_believed());
    list = post("/api/v1/recommendations", "{\"limit\":4,\"visitor\":\"v_9\"," HISTORY "}");
    (void)snprintf(next, sizeof next, "%s", text(list, "next"));
    list = get(next);
    (void)snprintf(more.id, sizeof more.id, "%s", text(list, "id"));
    more.movie = integer(json_array_get(member(list, "items"), 0), "movie");
    assert_false(is_believed(&more, "\"visitor\":\"v_9\""));
}

/* Nobody else than themselves; by the name of a visitor as anybody. */
static void an_account_is_itself(void **state)
{
    const reel_caller ways[] = {account, their_key};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        shown own;

        api.caller = ways[i];
        own = list_for("\"source_movie\":1"); /* signed for the account, which nobody else is */
        assert_false(is_believed(&own, "\"visitor\":\"v_1\""));
        assert_false(person_speaks("\"user\":3"));
        for (int v = 0; v < EACH - 1; v++) /* the account was one */
            assert_true(speaks(v));
        assert_false(speaks(EACH));
    }
}

/* ---- lists for anyone ---------------------------------------------------------------------- */

static shown anyones(void)
{
    shown list;

    api.caller = server_key;
    list = list_for(HISTORY);
    api.caller = public_key;
    return list;
}

static void a_list_for_anyone_is_one_persons(void **state)
{
    const shown list = anyones();

    (void)state;
    assert_true(is_believed(&list, "\"visitor\":\"v_1\""));
    assert_true(is_believed(&list, "\"visitor\":\"v_1\""));
    assert_false(is_believed(&list, "\"visitor\":\"v_2\""));
    assert_false(is_believed(&list, "\"user\":3"));
    come_from("192.0.2.2");
    assert_false(is_believed(&list, "\"visitor\":\"v_3\""));
    assert_true(is_believed(&list, "\"visitor\":\"v_1\""));
    api.caller = server_key; /* which is believed as it is */
    assert_true(is_believed(&list, "\"visitor\":\"v_2\""));
}

static void who_tells_of_them_is_counted(void **state)
{
    (void)state;
    for (int i = 0; i <= EACH; i++) {
        const shown list = anyones();
        char who[40];

        (void)snprintf(who, sizeof who, "\"visitor\":\"v_%d\"", i);
        assert_int_equal(is_believed(&list, who), i < EACH);
    }
    assert_false(speaks(EACH));
    api.caller = server_key;
    for (int i = 0; i < 2 * EACH; i++)
        assert_true(speaks(i));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    static const struct CMUnitTest tests[] = {
        TEST(an_address_is_so_many_visitors),   TEST(persons_of_the_data_are_counted_too),
        TEST(a_network_of_ipv6_is_one_address), TEST(this_machine_may_ask_as_anybody),
        TEST(a_list_beyond_is_nobodys),         TEST(an_account_is_itself),
        TEST(a_list_for_anyone_is_one_persons), TEST(who_tells_of_them_is_counted),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
