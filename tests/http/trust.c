/* Which events are believed: those about a list that was signed for their person, and what servers
 * of whoever runs this and admins say. The rest is kept, and has no say.
 */
#include "http/api.h"

#include "base/clock.h"

enum { DAY = 86400 };

static const reel_caller public_key = {.kind = REEL_CALLER_KEY,
                                       .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK,
                                       .is_public = true},
                         server_key = {.kind = REEL_CALLER_KEY,
                                       .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK},
                         admin = {.kind = REEL_CALLER_ACCOUNT,
                                  .account = 5,
                                  .role = REEL_ROLE_ADMIN,
                                  .scopes = REEL_SCOPES_ALL};

static int as_stranger(void **state)
{
    (void)state;
    api.caller = public_key;
    return 0;
}

static int leave(void **state)
{
    (void)state;
    reel__clock_set_for_test(-1);
    return 0;
}

/* ---- lists and what is told of them -------------------------------------------------------- */

typedef struct shown {
    char id[REEL_LIST_ID], model[64];
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
    (void)snprintf(out.model, sizeof out.model, "%s", text(member(list, "model"), "id"));
    out.movie = integer(json_array_get(member(list, "items"), 0), "movie");
    return out;
}

static bool take_first(void *user, const reel_event *event)
{
    *(bool *)user = !event->untrusted;
    return false;
}

/* It is answered as any other; whether it is believed. who: "\"user\":3". */
static bool is_believed(const char *type, const shown *list, const char *who)
{
    static unsigned count;
    const reel_event_filter newest = {.limit = 1};
    char body[500];
    bool trusted = false;
    reel_err err = {0};

    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"%08x-0000-4000-8000-000000000000\",\"type\":"
                   "\"%s\",\"list_id\":\"%s\",\"model_id\":\"%s\",\"item\":%lld%s%s}]}",
                   ++count, type, list->id, list->model, (long long)list->movie,
                   who[0] == '\0' ? "" : ",", who);
    assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 1);
    assert_ok(reel__store_scan_events(api.store, &newest, take_first, &trusted, &err));
    return trusted;
}

#define HISTORY "\"history\":[{\"movie\":1,\"rating\":5}]"

static void what_was_shown_is_believed(void **state)
{
    const shown person = list_for("\"user\":3"), visitor = list_for("\"visitor\":\"v_1\"," HISTORY),
                similar = list_for("\"source_movie\":1,\"visitor\":\"v_1\"");
    shown unsaid = person;

    (void)state;
    assert_true(is_believed("impression", &person, "\"user\":3"));
    assert_true(is_believed("click", &person, "\"user\":3,\"visitor\":\"v_1\""));
    assert_true(is_believed("impression", &visitor, "\"visitor\":\"v_1\""));
    assert_true(is_believed("impression", &similar, "\"visitor\":\"v_1\""));
    unsaid.model[0] = '\0';
    assert_true(is_believed("click", &unsaid, "\"user\":3"));
}

/* A list that is asked for by its address. */
static void a_visitor_may_be_named_in_an_address(void **state)
{
    const json_t *list = get("/api/v1/movies/1/similar?limit=4&visitor=v_1");
    shown similar;

    (void)state;
    (void)snprintf(similar.id, sizeof similar.id, "%s", text(list, "id"));
    (void)snprintf(similar.model, sizeof similar.model, "%s", text(member(list, "model"), "id"));
    similar.movie = integer(json_array_get(member(list, "items"), 0), "movie");
    assert_true(is_believed("click", &similar, "\"visitor\":\"v_1\""));
    assert_false(is_believed("click", &similar, "\"visitor\":\"v_2\""));
    refuses("GET",
            "/api/v1/movies/1/similar?visitor="
            "12345678901234567890123456789012345678901234567890123456789012345",
            NULL, 422, "E_INVALID", "visitor");
    assert_points("visitor");
}

static void what_was_not_is_kept(void **state)
{
    const shown person = list_for("\"user\":3"), visitor = list_for("\"visitor\":\"v_1\"," HISTORY),
                nobody = list_for(HISTORY);
    shown other = person;

    (void)state;
    assert_false(is_believed("impression", &person, "\"user\":6"));
    assert_false(is_believed("impression", &person, "\"visitor\":\"v_1\""));
    assert_false(is_believed("impression", &person, ""));
    assert_false(is_believed("click", &visitor, "\"visitor\":\"v_2\""));
    assert_false(is_believed("click", &nobody, "\"visitor\":\"v_1\""));
    (void)snprintf(other.model, sizeof other.model, "ease-000000000000");
    assert_false(is_believed("impression", &other, "\"user\":3"));
    (void)snprintf(other.id, sizeof other.id, "r_%032x", 5);
    assert_false(is_believed("impression", &other, "\"user\":3"));
    other.id[0] = '\0';
    assert_false(is_believed("click", &other, "\"user\":3"));
}

static void an_old_list_is_past(void **state)
{
    const int64_t now = reel__clock_now();
    const shown person = list_for("\"user\":3");

    (void)state;
    reel__clock_set_for_test((now + 7 * DAY - 60) * 1000);
    assert_true(is_believed("click", &person, "\"user\":3"));
    reel__clock_set_for_test((now + 7 * DAY + 60) * 1000);
    assert_false(is_believed("click", &person, "\"user\":3"));
}

/* A server asks first and says later whom it showed the list; a stranger cannot ask so. */
static void a_server_may_show_it_to_anyone(void **state)
{
    const shown stranger = list_for(HISTORY);
    shown made_up = stranger, anyone;

    (void)state;
    api.caller = server_key;
    anyone = list_for(HISTORY);
    (void)snprintf(made_up.id, sizeof made_up.id, "made-up");
    assert_true(is_believed("impression", &made_up, "\"visitor\":\"v_1\""));
    api.caller = admin;
    assert_true(is_believed("impression", &made_up, "\"visitor\":\"v_1\""));
    api.caller = public_key;
    assert_true(is_believed("click", &anyone, "\"visitor\":\"v_1\""));
    assert_false(is_believed("click", &stranger, "\"visitor\":\"v_1\""));
}

/* Who signed in need not say so when asking. */
static void a_list_is_of_who_asks(void **state)
{
    shown own;

    (void)state;
    api.caller = admin;
    own = list_for("\"source_movie\":1");
    api.caller = public_key;
    assert_false(is_believed("click", &own, "\"user\":3"));
    assert_false(is_believed("click", &own, "\"visitor\":\"v_1\""));
}

/* What the server keeps by itself. */
static void a_logged_list_is_believed(void **state)
{
    const reel_event_filter newest = {.limit = 1, .type = "impression"};
    bool trusted = false;
    reel_err err = {0};

    (void)state;
    (void)list_for("\"visitor\":\"v_1\",\"log\":true," HISTORY);
    assert_ok(reel__store_scan_events(api.store, &newest, take_first, &trusted, &err));
    assert_true(trusted);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, as_stranger, leave)
    static const struct CMUnitTest tests[] = {
        TEST(what_was_shown_is_believed),     TEST(a_visitor_may_be_named_in_an_address),
        TEST(what_was_not_is_kept),           TEST(an_old_list_is_past),
        TEST(a_server_may_show_it_to_anyone), TEST(a_list_is_of_who_asks),
        TEST(a_logged_list_is_believed),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
