/* What who has nothing but a public key can do to what serves: take no version back, and decide no
 * experiment, by telling of lists that nobody was given. A server's key, which is believed, can:
 * so each test says that what is told would be enough.
 */
#include "http/told.h"

#include "base/clock.h"
#include "eval/assign.h"
#include "service/experiments/experiments.h"
#include "service/operation/online.h"

enum { NOW_S = 1800000000, HOUR = 3600, HONEST = 60, CROWD = 200 };
#define TAG "0000000a"

static const reel_caller public_key = {.kind = REEL_CALLER_KEY,
                                       .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK,
                                       .is_public = true},
                         server_key = {.kind = REEL_CALLER_KEY,
                                       .scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK},
                         admin = {.kind = REEL_CALLER_ACCOUNT,
                                  .account = 5,
                                  .role = REEL_ROLE_ADMIN,
                                  .scopes = REEL_SCOPES_ALL};

static int64_t now_s;

static void pass_time(int64_t seconds)
{
    now_s += seconds;
    reel__clock_set_for_test(now_s * 1000);
}

static int start(void **state)
{
    reel_err err = {0};

    now_s = NOW_S;
    pass_time(0);
    if (api_start(state) != 0)
        return -1;
    assert_ok(reel__experiments_open(&api.app.experiments, api.store, false, &err));
    assert_ok(reel__visitors_new(&api.app.visitors, HONEST + 1, &err)); /* of one address */
    api.caller = public_key;
    return 0;
}

/* Each test has a store of its own. */
static int stop(void **state)
{
    int failed;

    reel__experiments_close(api.app.experiments);
    api.app.experiments = NULL;
    reel__visitors_free(api.app.visitors);
    api.app.visitors = NULL;
    reel__clock_set_for_test(-1);
    failed = api_stop(state);
    api.json = NULL;
    return failed != 0 || remove(temp_path("reel.db")) != 0 ? -1 : 0;
}

/* ---- what is told -------------------------------------------------------------------------- */

typedef struct shown {
    char id[REEL_LIST_ID], model[64], visitor[32];
} shown;

static void ask_for(shown *out, const char *visitor, const char *model)
{
    char body[240];
    const json_t *list;

    (void)snprintf(body, sizeof body,
                   "{\"limit\":2,\"reasons\":0,\"visitor\":\"%s\",%s"
                   "\"history\":[{\"movie\":1,\"rating\":5}]}",
                   visitor, model);
    list = post("/api/v1/recommendations", body);
    (void)snprintf(out->id, sizeof out->id, "%s", text(list, "id"));
    (void)snprintf(out->model, sizeof out->model, "%s", text(member(list, "model"), "id"));
    (void)snprintf(out->visitor, sizeof out->visitor, "%s", visitor);
}

static void tell(const char *type, const shown *list)
{
    begin_event(type, list->visitor, list->id);
    add_text("\"model_id\":\"%s\",\"item\":1}", list->model);
}

/* An id that looks like any: the signature is drawn. */
static void make_up(shown *list, const char *prefix, int number)
{
    (void)snprintf(list->id, sizeof list->id, "%.20s%040d", prefix, number);
    (void)snprintf(list->visitor, sizeof list->visitor, "s_%d", number);
}

/* ---- versions ------------------------------------------------------------------------------ */

/* People who took up every second list of the version before. */
static void put_before(void)
{
    static char ids[2 * CROWD][32], people[CROWD][32];
    static reel_event events[2 * CROWD];
    size_t count = 0;
    reel_err err = {0};

    for (int i = 0; i < 2 * CROWD; i++) {
        const bool click = i >= CROWD;

        if (click && i % 2 == 0)
            continue;
        (void)snprintf(ids[i], sizeof *ids, "before-%d", i);
        (void)snprintf(people[i % CROWD], sizeof *people, "b_%d", i % CROWD);
        events[count++] = (reel_event){.event_id = ids[i],
                                       .type = click ? "click" : "impression",
                                       .visitor = people[i % CROWD],
                                       .method = "ease",
                                       .model_id = "ease-before",
                                       .list_id = people[i % CROWD],
                                       .scenario = "",
                                       .user = -1,
                                       .source_movie = -1,
                                       .time_ms = reel__clock_now_ms(),
                                       .value = (double)NAN};
    }
    assert_ok(reel__store_put_events(api.store, events, count, NULL, &err));
}

static reel_online_report judge(void)
{
    reel_online_report report;
    reel_err err = {0};

    pass_time(HOUR);
    assert_ok(reel__online_judge(&report, api.engine, "ease", 0.1, &err));
    return report;
}

/* Lists of a version that nobody took up: made up, another's, and of another model. */
static void tell_of_failures(const shown *honest, const shown *other_model)
{
    shown list = *honest;

    for (int i = 0; i < CROWD; i++) {
        make_up(&list, "r_", i);
        tell("impression", &list);
    }
    flush_events();
    for (int i = CROWD; i < 2 * CROWD; i++) {
        make_up(&list, "", i);
        (void)snprintf(list.id, sizeof list.id, "%s", honest->id);
        tell("impression", &list);
    }
    flush_events();
    list = *other_model;
    (void)snprintf(list.model, sizeof list.model, "%s", honest->model);
    tell("impression", &list);
    flush_events();
}

/* The lists are real, and those who asked for them are not. */
static void ask_as_a_crowd(void)
{
    shown list;

    for (int i = 0; i < CROWD; i++) {
        char visitor[32];

        (void)snprintf(visitor, sizeof visitor, "crowd_%d", i);
        ask_for(&list, visitor, "\"model\":\"ease\",");
        tell("impression", &list);
    }
    flush_events();
}

static void invented_lists_take_no_version_back(void **state)
{
    reel_online_report report;
    shown list, other;

    (void)state;
    put_before();
    ask_for(&other, "v_other", "\"model\":\"popular\",");
    for (int i = 0; i < HONEST; i++) {
        char visitor[32];

        (void)snprintf(visitor, sizeof visitor, "v_%d", i);
        ask_for(&list, visitor, "\"model\":\"ease\",");
        tell("impression", &list);
        if (i % 2 == 0)
            tell("click", &list);
    }
    flush_events();
    report = judge();
    assert_string_equal(report.version, list.model);
    assert_int_equal(report.people[0], CROWD);
    assert_int_equal(report.people[1], HONEST);
    assert_true(report.share[1] == 0.5);
    tell_of_failures(&list, &other);
    ask_as_a_crowd();
    report = judge();
    assert_int_equal(report.people[1], HONEST);
    assert_true(report.share[1] == 0.5);
    assert_false(report.fails);
    api.caller = server_key;
    tell_of_failures(&list, &other);
    assert_true(judge().fails);
}

/* ---- experiments --------------------------------------------------------------------------- */

static const json_t *results(void)
{
    const reel_caller before = api.caller;
    const json_t *found;

    api.caller = admin;
    pass_time(25 * HOUR);
    found = get("/api/v1/experiments/first/results");
    api.caller = before;
    return found;
}

/* Of people whose hash gives them the new arm, each of whom clicks; and of one list as many. */
static void tell_of_clicks(const shown *honest)
{
    static const double halves[] = {1, 1};
    shown list = *honest;

    for (int i = 0; i < 2 * CROWD; i++) {
        char unit[40], prefix[40];
        size_t arm;

        make_up(&list, "", i);
        (void)snprintf(unit, sizeof unit, "v:%s", list.visitor);
        arm = reel__assign(TAG, unit, halves, 2);
        (void)snprintf(prefix, sizeof prefix, "x_" TAG "_%zu_", arm);
        make_up(&list, prefix, i);
        if (i % 2 == 0)
            (void)snprintf(list.id, sizeof list.id, "%s", honest->id);
        tell("impression", &list);
        if (arm == 1)
            tell("click", &list);
        if (i % 50 == 49)
            flush_events();
    }
}

static void assert_found(const json_t *found, int64_t people, const char *verdict)
{
    if (integer(found, "people") != people)
        fail_msg("%d people", (int)integer(found, "people"));
    assert_string_equal(text(found, "verdict"), verdict);
}

static void invented_lists_decide_no_experiment(void **state)
{
    int64_t untrusted;
    shown list;

    (void)state;
    api.caller = admin;
    assert_int_equal(ask("POST", "/api/v1/experiments",
                         "{\"name\":\"first\",\"tag\":\"" TAG "\",\"smallest_effect\":0.2,"
                         "\"arms\":[{\"name\":\"old\",\"model\":\"popular\"},"
                         "{\"name\":\"new\",\"model\":\"ease\"}]}"),
                     201);
    api.caller = public_key;
    for (int i = 0; i < HONEST; i++) {
        char visitor[32];

        (void)snprintf(visitor, sizeof visitor, "v_%d", i);
        ask_for(&list, visitor, "");
        tell("impression", &list);
        tell("click", &list);
    }
    flush_events();
    tell_of_clicks(&list);
    flush_events();
    assert_found(results(), HONEST, "open");
    untrusted = integer(api.json, "untrusted");
    assert_true(untrusted > 2 * CROWD);
    assert_int_equal(integer(api.json, "lists"), HONEST);
    assert_int_equal(integer(api.json, "strays"), 0);
    for (size_t i = 0; i < 2; i++) {
        const json_t *arm = json_array_get(member(api.json, "arms"), i);

        assert_int_equal(integer(arm, "did"), integer(arm, "people"));
    }
    api.caller = server_key;
    tell_of_clicks(&list);
    flush_events();
    assert_string_equal(text(results(), "winner"), "new");
    assert_int_equal(integer(api.json, "untrusted"), untrusted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(invented_lists_take_no_version_back, start, stop),
        cmocka_unit_test_setup_teardown(invented_lists_decide_no_experiment, start, stop),
    };

    return cmocka_run_group_tests_name("strangers", tests, NULL, NULL);
}
