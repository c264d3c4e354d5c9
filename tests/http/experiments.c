/* Experiments: defined once, who is in which arm, what a list of one says, lists of both arms, and
 * what comes out, counted by hand.
 */
#include "http/told.h"

#include "base/clock.h"
#include "eval/assign.h"
#include "http/metrics.h"
#include "eval/interleave.h"
#include "service/experiments/experiments.h"

#define ARMS                                                                                       \
    "\"arms\":[{\"name\":\"old\",\"model\":\"popular\"},"                                          \
    "{\"name\":\"new\",\"model\":{\"ease\":0.6,\"content\":0.4}}]"

enum { NOW_S = 1800000000, HOUR = 3600, VISITORS = 220 };

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
    api.caller =
        (reel_caller){REEL_CALLER_ACCOUNT, 3, REEL_ROLE_ADMIN, REEL_SCOPES_ALL, false, false};
    return 0;
}

/* Each test has a store of its own. */
static int stop(void **state)
{
    int failed;

    reel__experiments_close(api.app.experiments);
    api.app.experiments = NULL;
    reel__clock_set_for_test(-1);
    failed = api_stop(state);
    api.json = NULL;
    return failed != 0 || remove(temp_path("reel.db")) != 0 ? -1 : 0;
}

/* What another process wrote, or the next start reads. */
static void reopen(void)
{
    reel_err err = {0};

    reel__experiments_close(api.app.experiments);
    assert_ok(reel__experiments_open(&api.app.experiments, api.store, false, &err));
}

static void begin_one(const char *body)
{
    if (ask("POST", "/api/v1/experiments", body) != 201)
        fail_msg("%s", text(api.json, "detail"));
    assert_described("POST");
}

static void end_one(const char *name)
{
    char path[120];

    (void)snprintf(path, sizeof path, "/api/v1/experiments/%s", name);
    assert_int_equal(ask("DELETE", path, NULL), 204);
}

/* ---- definitions --------------------------------------------------------------------------- */

static void a_definition_comes_back(void **state)
{
    const json_t *one;

    (void)state;
    begin_one("{\"name\":\"first\"," ARMS ",\"tag\":\"0000000a\",\"scenario\":\"home\"}");
    assert_string_equal(api.exchange.location, "/api/v1/experiments/first");
    reopen();
    one = get("/api/v1/experiments/first");
    assert_string_equal(text(one, "kind"), "ab");
    assert_string_equal(text(one, "metric"), "click_through");
    assert_string_equal(text(one, "state"), "running");
    assert_string_equal(text(one, "scenario"), "home");
    assert_string_equal(text(one, "tag"), "0000000a");
    assert_string_equal(text(one, "starts_at"), "2027-01-15T08:00:00Z");
    assert_string_equal(text(one, "ends_at"), "2027-02-12T08:00:00Z");
    assert_true(number(one, "alpha") == 0.05 && number(one, "smallest_effect") == 0.01);
    assert_non_null(strstr(text(one, "rule"), "The first time it leaves out 0"));
    one = json_array_get(member(one, "arms"), 1);
    assert_true(number(member(one, "model"), "content") == 0.4);
    assert_int_equal(json_array_size(member(get("/api/v1/experiments"), "items")), 1);
    pass_time(29 * 24 * HOUR);
    assert_string_equal(text(get("/api/v1/experiments/first"), "state"), "ended");
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *body, *says;
    } wrong[] = {
        {"{" ARMS "}", "name"},
        {"{\"name\":\"a b\"," ARMS "}", "name"},
        {"{\"name\":\"a\",\"arms\":[]}", "arms"},
        {"{\"name\":\"a\",\"arms\":[{\"name\":\"x\",\"model\":\"ease\"}]}", "arms"},
        {"{\"name\":\"a\",\"arms\":[{\"name\":\"x\",\"model\":\"ease\"},"
         "{\"name\":\"x\",\"model\":\"ials\"}]}",
         "arms[1].name"},
        {"{\"name\":\"a\",\"arms\":[{\"name\":\"x\",\"model\":\"ease\"},"
         "{\"name\":\"y\",\"model\":\"als\"}]}",
         "arms[1].model"},
        {"{\"name\":\"a\",\"arms\":[{\"name\":\"x\",\"model\":\"ease\"},"
         "{\"name\":\"y\",\"model\":{\"hybrid\":1}}]}",
         "arms[1].model"},
        {"{\"name\":\"a\",\"arms\":[{\"name\":\"x\",\"model\":{\"ease\":0}},"
         "{\"name\":\"y\",\"model\":\"ials\"}]}",
         "arms[0].model"},
        {"{\"name\":\"a\",\"arms\":[{\"name\":\"x\",\"model\":\"ease\",\"weight\":0},"
         "{\"name\":\"y\",\"model\":\"ials\"}]}",
         "arms[0].weight"},
        {"{\"name\":\"a\",\"kind\":\"both\"," ARMS "}", "kind"},
        {"{\"name\":\"a\",\"kind\":\"interleave\",\"arms\":[{\"name\":\"x\",\"model\":\"ease\","
         "\"weight\":2},{\"name\":\"y\",\"model\":\"ials\"}]}",
         "arms[0].weight"},
        {"{\"name\":\"a\",\"metric\":\"clicks\"," ARMS "}", "metric"},
        {"{\"name\":\"a\",\"alpha\":0.9," ARMS "}", "alpha"},
        {"{\"name\":\"a\",\"smallest_effect\":0," ARMS "}", "smallest_effect"},
        {"{\"name\":\"a\",\"days\":0," ARMS "}", "days"},
        {"{\"name\":\"a\",\"window_hours\":9999," ARMS "}", "window_hours"},
        {"{\"name\":\"a\",\"tag\":\"xyz\"," ARMS "}", "tag"},
        {"{\"name\":\"a\",\"scenario\":\"a b\"," ARMS "}", "scenario"},
        {"{\"name\":\"a\",\"start\":\"2027-01-15\"," ARMS "}", "start"},
        {"{\"name\":\"a\",\"start\":\"2027-02-30\"," ARMS "}", "start"},
        {"{\"name\":\"a\",\"winner\":\"x\"," ARMS "}", "winner"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(ask("POST", "/api/v1/experiments", wrong[i].body), 422);
        assert_described("POST");
        if (strstr(text(api.json, "detail"), wrong[i].says) == NULL)
            fail_msg("%s does not name %s", text(api.json, "detail"), wrong[i].says);
    }
    assert_int_equal(ask("POST", "/api/v1/experiments", "{"), 400);
    assert_int_equal(json_array_size(member(get("/api/v1/experiments"), "items")), 0);
}

static void a_definition_stays(void **state)
{
    (void)state;
    begin_one("{\"name\":\"first\"," ARMS "}");
    assert_int_equal(ask("POST", "/api/v1/experiments", "{\"name\":\"first\"," ARMS "}"), 409);
    assert_int_equal(ask("POST", "/api/v1/experiments", "{\"name\":\"other\"," ARMS "}"), 409);
    assert_non_null(strstr(text(api.json, "detail"), "\"first\""));
    pass_time(HOUR);
    end_one("first");
    assert_string_equal(text(get("/api/v1/experiments/first"), "state"), "stopped");
    assert_int_equal(ask("DELETE", "/api/v1/experiments/first", NULL), 409);
    assert_int_equal(ask("DELETE", "/api/v1/experiments/none", NULL), 404);
    assert_int_equal(ask("GET", "/api/v1/experiments/none", NULL), 404);
    assert_int_equal(ask("GET", "/api/v1/experiments/none/results", NULL), 404);
    begin_one("{\"name\":\"other\"," ARMS "}");
}

static const char *arm_of(const json_t *list);
static const json_t *list_of(const char *rest);

/* One that is to begin is waited for, and one that has not begun is taken away. */
static void a_day_to_come_is_waited_for(void **state)
{
    static const char body[] = "{\"name\":\"first\",\"start\":\"2027-01-16\"," ARMS "}";

    (void)state;
    begin_one(body);
    assert_string_equal(text(get("/api/v1/experiments/first"), "state"), "waiting");
    assert_string_equal(text(api.json, "starts_at"), "2027-01-16T00:00:00Z");
    assert_null(arm_of(list_of("\"user\":3")));
    end_one("first");
    assert_int_equal(ask("GET", "/api/v1/experiments/first", NULL), 404);
    begin_one(body);
    pass_time(16 * HOUR);
    assert_non_null(arm_of(list_of("\"user\":3")));
}

/* Newest start first; those of one start by name. */
static void they_come_in_pages(void **state)
{
    static const char *const order[] = {"later", "b", "c", "d"};
    const char *cursor = NULL;
    char target[200];

    (void)state;
    begin_one("{\"name\":\"c\",\"scenario\":\"c\"," ARMS "}");
    begin_one("{\"name\":\"b\",\"scenario\":\"b\"," ARMS "}");
    begin_one("{\"name\":\"later\",\"scenario\":\"e\",\"start\":\"2027-01-16\"," ARMS "}");
    begin_one("{\"name\":\"d\",\"scenario\":\"d\"," ARMS "}");
    for (size_t i = 0; i < 4; i++) {
        const json_t *page;

        (void)snprintf(target, sizeof target, "/api/v1/experiments?limit=1%s%s",
                       cursor == NULL ? "" : "&cursor=", cursor == NULL ? "" : cursor);
        page = get(target);
        assert_int_equal(json_array_size(member(page, "items")), 1);
        assert_string_equal(text(json_array_get(member(page, "items"), 0), "name"), order[i]);
        cursor = json_string_value(member(page, "next_cursor"));
        assert_true((cursor == NULL) == (i == 3));
    }
    assert_int_equal(json_array_size(member(get("/api/v1/experiments?limit=4"), "items")), 4);
    assert_true(json_is_null(member(api.json, "next_cursor")));
    refuses("GET", "/api/v1/experiments?cursor=x1_b", NULL, 400, "E_INVALID", "cursor");
    refuses("GET", "/api/v1/experiments?limit=0", NULL, 422, "E_INVALID", "limit");
}

static void a_file_of_them_is_taken_once(void **state)
{
    static const char file[] = "{\"experiments\":[{\"name\":\"first\"," ARMS "}]}";
    static const char changed[] =
        "{\"experiments\":[{\"name\":\"first\",\"alpha\":0.01," ARMS "}]}";
    static const char half[] = "{\"experiments\":[{\"name\":\"good\",\"scenario\":\"gems\"," ARMS
                               "},{\"name\":\"bad\",\"alpha\":7," ARMS "}]}";
    static const char clash[] = "{\"experiments\":[{\"name\":\"one\",\"scenario\":\"gems\"," ARMS
                                "},{\"name\":\"two\",\"scenario\":\"gems\"," ARMS "}]}";
    static const char running[] =
        "{\"experiments\":[{\"name\":\"one\",\"scenario\":\"gems\"," ARMS "}]}";
    reel_experiments *all = api.app.experiments;
    reel_err err = {0};

    (void)state;
    /* One mistake, and none begins. */
    assert_fails(reel__experiments_take(all, half, strlen(half), &err), REEL_E_INVALID,
                 "experiments[1].alpha");
    assert_fails(reel__experiments_take(all, clash, strlen(clash), &err), REEL_E_CONFLICT,
                 "experiments[1].scenario");
    assert_int_equal(json_array_size(member(get("/api/v1/experiments"), "items")), 0);
    assert_ok(reel__experiments_take(all, file, strlen(file), &err));
    assert_ok(reel__experiments_take(all, file, strlen(file), &err));
    assert_int_equal(json_array_size(member(get("/api/v1/experiments"), "items")), 1);
    assert_fails(reel__experiments_take(all, changed, strlen(changed), &err), REEL_E_CONFLICT,
                 "experiments[0].name");
    assert_fails(reel__experiments_take(all, "{}", 2, &err), REEL_E_INVALID, "experiments");
    assert_fails(reel__experiments_take(all, "[", 1, &err), REEL_E_SYNTAX, "");
    assert_fails(reel__experiments_take(all, running, strlen(running), &err), REEL_E_CONFLICT,
                 "experiments[0].scenario");
    assert_int_equal(json_array_size(member(get("/api/v1/experiments"), "items")), 1);
}

/* ---- lists --------------------------------------------------------------------------------- */

static const json_t *list_of(const char *rest)
{
    char body[300];

    (void)snprintf(body, sizeof body, "{\"limit\":4,%s}", rest);
    return post("/api/v1/recommendations", body);
}

/* The arm's name; NULL: it is of no experiment. */
static const char *arm_of(const json_t *list)
{
    const json_t *experiment = json_object_get(list, "experiment");

    return experiment == NULL ? NULL : json_string_value(member(experiment, "arm"));
}

static void a_person_stays_in_an_arm(void **state)
{
    static const double halves[] = {1, 1};
    static const char *const names[] = {"old", "new"}, *const models[] = {"popular", "blend"};
    int seen[2] = {0};

    (void)state;
    begin_one("{\"name\":\"first\",\"tag\":\"0000000a\"," ARMS "}");
    for (int round = 0; round < 2; round++, reopen())
        for (int person = 3; person <= 3 * WORLD_PEOPLE; person += 3) {
            char rest[40], unit[40], id[16];
            const json_t *list;
            size_t arm;

            (void)snprintf(rest, sizeof rest, "\"user\":%d", person);
            (void)snprintf(unit, sizeof unit, "u%d", person);
            list = list_of(rest);
            arm = reel__assign("0000000a", unit, halves, 2);
            seen[arm]++;
            assert_string_equal(arm_of(list), names[arm]);
            assert_string_equal(text(member(list, "experiment"), "name"), "first");
            assert_string_equal(text(member(list, "model"), "name"), models[arm]);
            (void)snprintf(id, sizeof id, "x_0000000a_%zu_", arm);
            assert_int_equal(strncmp(text(list, "id"), id, strlen(id)), 0);
        }
    assert_true(seen[0] > 10 && seen[1] > 10);
}

static void who_is_in_one(void **state)
{
    (void)state;
    begin_one("{\"name\":\"first\",\"scenario\":\"home\"," ARMS "}");
    assert_null(arm_of(list_of("\"user\":3")));
    assert_null(arm_of(list_of("\"user\":3,\"scenario\":\"night\"")));
    assert_non_null(arm_of(list_of("\"user\":3,\"scenario\":\"home\"")));
    assert_null(arm_of(list_of("\"user\":3,\"scenario\":\"home\",\"model\":\"ease\"")));
    assert_null(arm_of(list_of("\"user\":3,\"scenario\":\"home\",\"model\":{\"ease\":1}")));
    assert_null(arm_of(list_of("\"user\":3,\"scenario\":\"home\",\"source_movie\":1")));
    assert_null(arm_of(list_of("\"history\":[{\"movie\":1,\"rating\":5}],\"scenario\":\"home\"")));
    assert_non_null(arm_of(list_of("\"history\":[{\"movie\":1,\"rating\":5}],\"scenario\":\"home\","
                                   "\"visitor\":\"v_1\"")));
    assert_null(arm_of(list_of("\"scenario\":\"home\",\"visitor\":\"v_1\",\"household\":"
                               "{\"members\":[{\"user\":3},{\"user\":6}]}")));
    end_one("first");
    assert_null(arm_of(list_of("\"user\":3,\"scenario\":\"home\"")));
}

/* The arm is the list's, not the hour's: it goes on as it began, whatever became of the experiment.
 */
static void a_list_goes_on_in_its_arm(void **state)
{
    char path[REEL_HTTP_TARGET_MAX], id[80], model[40];
    const json_t *list;

    (void)state;
    begin_one("{\"name\":\"first\"," ARMS "}");
    list = list_of("\"user\":3");
    (void)snprintf(path, sizeof path, "%s", text(list, "next"));
    (void)snprintf(id, sizeof id, "%s", text(list, "id"));
    (void)snprintf(model, sizeof model, "%s", text(member(list, "model"), "name"));
    pass_time(1);
    end_one("first");
    list = get(path);
    assert_string_equal(text(list, "id"), id);
    assert_string_equal(text(member(list, "model"), "name"), model);
    assert_non_null(arm_of(list));
    assert_int_equal(integer(json_array_get(member(list, "items"), 0), "rank"), 5);
}

static void reasons_are_those_of_the_arm(void **state)
{
    const json_t *list, *why;
    char body[80];
    double score;

    (void)state;
    begin_one("{\"name\":\"first\",\"arms\":[{\"name\":\"a\",\"model\":\"ease\"},"
              "{\"name\":\"b\",\"model\":\"ease\"}]}");
    list = list_of("\"user\":3");
    score = number(json_array_get(member(list, "items"), 0), "score");
    (void)snprintf(body, sizeof body, "{\"user\":3,\"movie\":%d}",
                   (int)integer(json_array_get(member(list, "items"), 0), "movie"));
    why = post("/api/v1/explanations", body);
    assert_true(fabs(number(why, "score") - score) < 1e-6);
}

/* ---- lists of both ------------------------------------------------------------------------- */

#define BOTH "{\"name\":\"both\",\"kind\":\"interleave\",\"smallest_effect\":0.2," ARMS "}"

static void a_list_is_of_both(void **state)
{
    char path[REEL_HTTP_TARGET_MAX], id[80];
    bool there[10 * WORLD_FILMS + 2] = {false};
    const json_t *list, *items;
    int rank = 0;

    (void)state;
    begin_one(BOTH);
    list = list_of("\"user\":3");
    assert_null(arm_of(list));
    assert_string_equal(text(member(list, "experiment"), "name"), "both");
    assert_string_equal(text(member(list, "model"), "name"), "interleaved");
    (void)snprintf(id, sizeof id, "%s", text(list, "id"));
    for (int page = 0; page < 3; page++) {
        items = member(list, "items");
        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *item = json_array_get(items, i);

            rank++;
            assert_int_equal(integer(item, "rank"), rank);
            assert_sums(item);
            assert_string_equal(text(item, "arm"),
                                reel__interleave_side(id, rank) == 1 ? "new" : "old");
            assert_false(there[integer(item, "movie")]);
            there[integer(item, "movie")] = true;
        }
        assert_string_equal(text(list, "id"), id);
        if (page < 2) {
            (void)snprintf(path, sizeof path, "%s", text(list, "next"));
            list = get(path);
        }
    }
    assert_int_equal(rank, 12);
}

/* Each film as its side would have it: the first of a side is the first of that model's list. */
static void each_side_picks_as_its_model(void **state)
{
    static const char *const bodies[] = {"\"user\":6,\"model\":\"popular\"",
                                         "\"user\":6,\"model\":{\"ease\":0.6,\"content\":0.4}"};
    int64_t first[2];
    const json_t *items;
    int found = 0;

    (void)state;
    for (int i = 0; i < 2; i++)
        first[i] = integer(json_array_get(member(list_of(bodies[i]), "items"), 0), "movie");
    begin_one(BOTH);
    items = member(list_of("\"user\":6"), "items");
    for (size_t i = 0; i < 2; i++) {
        const json_t *item = json_array_get(items, i);

        found += integer(item, "movie") == first[strcmp(text(item, "arm"), "new") == 0];
    }
    assert_true(found == 2 || (found == 1 && first[0] == first[1]));
}

/* ---- results ------------------------------------------------------------------------------- */

static void visitor_of(char out[32], int number)
{
    (void)snprintf(out, 32, "v_%04d", number);
}

/* A list, and that it was shown; its id, and the film whose pick is this arm's (NULL: the first).
 */
static int64_t show(int number, char id[80], const char *arm)
{
    char rest[200], visitor[32];
    const json_t *items, *list;
    int64_t found = -1;

    visitor_of(visitor, number);
    (void)snprintf(rest, sizeof rest,
                   "\"history\":[{\"movie\":%d,\"rating\":5}],\"visitor\":\"%s\",\"reasons\":0",
                   (int)world_id(number % 10), visitor);
    list = list_of(rest);
    (void)snprintf(id, 80, "%s", text(list, "id"));
    items = member(list, "items");
    begin_event("impression", visitor, id);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        add_text("%s{\"movie\":%d,\"rank\":%d}", i == 0 ? "\"movies\":[" : ",",
                 (int)integer(item, "movie"), (int)integer(item, "rank"));
        if (found < 0 && (arm == NULL || strcmp(text(item, "arm"), arm) == 0))
            found = integer(item, "movie");
    }
    add_text("]}");
    assert_true(found >= 0);
    return found;
}

static const json_t *results(const char *name)
{
    char path[120];

    (void)snprintf(path, sizeof path, "/api/v1/experiments/%s/results", name);
    return get(path);
}

typedef struct outcomes {
    int64_t old, new;
} outcomes;

static void take_outcome(void *user, const char *experiment, const char *arm, int64_t count)
{
    outcomes *out = user;

    assert_string_equal(experiment, "first");
    *(strcmp(arm, "old") == 0 ? &out->old : &out->new) += count;
}

static void assert_metric(const outcomes *told)
{
    char line[120];
    reel_buf metrics;

    (void)snprintf(line, sizeof line,
                   "\nreel_experiment_outcomes_total{experiment=\"first\",arm=\"new\"} %d\n",
                   (int)told->new);
    reel__buf_init(&metrics, 1 << 16);
    reel__metrics_experiments(api.app.experiments, &metrics);
    assert_non_null(strstr(metrics.data, line));
    reel__buf_fini(&metrics);
}

/* Of the new arm every second clicks in time, of the old every tenth; some click too late, twice,
 * or what does not count. */
static void results_are_as_counted_by_hand(void **state)
{
    int people[2] = {0}, did[2] = {0}, clicks[2] = {0};
    const json_t *found, *arm;
    outcomes told = {0, 0};

    (void)state;
    begin_one("{\"name\":\"first\",\"smallest_effect\":0.1," ARMS "}");
    for (int i = 0; i < VISITORS; i++) {
        char id[80], visitor[32];
        const int64_t movie = show(i, id, NULL);
        const int side = id[11] - '0';
        const bool does = people[side]++ % (side == 1 ? 2 : 10) == 0;

        visitor_of(visitor, i);
        add_event("trailer", visitor, id, movie);
        for (int k = 0; k < 1 + i % 2 && does; k++, clicks[side]++)
            add_event("click", visitor, id, movie);
        did[side] += does;
        if (i % 100 == 0)
            flush_events();
    }
    flush_events();
    found = results("first");
    assert_int_equal(integer(found, "people"), 0);
    assert_int_equal(integer(found, "waiting"), VISITORS);
    assert_int_equal(integer(found, "lists"), VISITORS);
    assert_string_equal(text(found, "verdict"), "open");
    pass_time(24 * HOUR + 1);
    for (int i = 0; i < VISITORS; i++) { /* too late; and later lists open no window */
        char id[80], visitor[32];
        const int64_t movie = show(i, id, NULL);

        visitor_of(visitor, i);
        add_event("click", visitor, id, movie);
        if (i % 100 == 0)
            flush_events();
    }
    flush_events();
    found = results("first");
    assert_int_equal(integer(found, "people"), VISITORS);
    assert_int_equal(integer(found, "waiting"), 0);
    assert_int_equal(integer(found, "strays"), 0);
    assert_true(number(found, "balance_p") > 0.001);
    for (size_t i = 0; i < 2; i++) {
        arm = json_array_get(member(found, "arms"), i);
        assert_int_equal(integer(arm, "people"), people[i]);
        assert_int_equal(integer(arm, "did"), did[i]);
    }
    reel__experiments_outcomes(api.app.experiments, take_outcome, &told);
    assert_int_equal(told.old, clicks[0]);
    assert_int_equal(told.new, clicks[1]);
    assert_metric(&told);
    assert_string_equal(text(found, "verdict"), "better");
    assert_string_equal(text(found, "winner"), "new");
    assert_string_equal(text(found, "says"), "new is better than old: take it.");
    arm = json_array_get(member(found, "comparisons"), 0);
    assert_true(number(arm, "low") > 0 && number(arm, "low") < number(arm, "fixed_low"));
    assert_true(integer(arm, "decided_after") >= 100 && integer(arm, "decided_after") <= VISITORS);
    assert_true(json_array_size(member(arm, "path")) > 10);
}

/* By the list alone; of a list of both no arm, and of one that is no experiment's neither. */
static void the_log_names_experiment_and_arm(void **state)
{
    char id[80];
    const json_t *items;

    (void)state;
    begin_one("{\"name\":\"first\",\"scenario\":\"home\"," ARMS "}");
    begin_one("{\"name\":\"both\",\"scenario\":\"night\",\"kind\":\"interleave\",\"tag\":"
              "\"0000000b\"," ARMS "}");
    (void)snprintf(id, sizeof id, "%s",
                   text(list_of("\"scenario\":\"home\",\"visitor\":\"v_1\",\"history\":"
                                "[{\"movie\":1,\"rating\":5}]"),
                        "id"));
    add_event("click", "v_1", id, 1);
    add_event("click", "v_1", "x_0000000b_i_1", 1);
    add_event("click", "v_1", "x_0000000b_0_1", 1);
    add_event("click", "v_1", "x_0000000c_0_1", 1);
    flush_events();
    items = member(get("/api/v1/feedback"), "items");
    assert_int_equal(json_array_size(items), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *one = json_array_get(items, i);
        const bool of_one = i == 3, of_both = i == 2;

        assert_true(of_one || of_both || json_is_null(member(one, "experiment")));
        assert_true(of_one || json_is_null(member(one, "arm")));
        if (of_one || of_both)
            assert_string_equal(text(one, "experiment"), of_one ? "first" : "both");
        if (of_one)
            assert_string_equal(text(one, "arm"), id[11] == '0' ? "old" : "new");
    }
}

/* Lists that the visitor's hash would not have given are no evidence; nor are clicks of others. */
static void strays_are_left_out(void **state)
{
    char id[80], forged[80], visitor[32];
    const json_t *found;
    int64_t movie;

    (void)state;
    begin_one("{\"name\":\"first\"," ARMS "}");
    movie = show(1, id, NULL);
    (void)snprintf(forged, sizeof forged, "%s", id);
    forged[11] = id[11] == '0' ? '1' : '0';
    visitor_of(visitor, 1);
    add_event("impression", visitor, forged, movie);
    add_event("click", visitor, forged, movie);
    add_event("click", "v_other", id, movie);
    add_event("impression", visitor, "x_", movie);
    add_event("impression", visitor, "x_00000000_9_0", movie);
    flush_events();
    pass_time(25 * HOUR);
    found = results("first");
    assert_int_equal(integer(found, "people"), 1);
    assert_int_equal(integer(found, "strays"), 1);
    assert_int_equal(integer(json_array_get(member(found, "arms"), 0), "did"), 0);
    assert_int_equal(integer(json_array_get(member(found, "arms"), 1), "did"), 0);
}

static void clicks_count_for_the_side_that_picked(void **state)
{
    const json_t *found, *arms;
    int old = 0, new = 0;

    (void)state;
    begin_one(BOTH);
    for (int i = 0; i < VISITORS; i++) {
        const bool likes_old = i % 4 == 0;
        char id[80], visitor[32];
        const int64_t movie = show(i, id, likes_old ? "old" : "new");

        visitor_of(visitor, i);
        if (i % 3 == 0)
            continue;
        add_event("click", visitor, id, movie);
        old += likes_old;
        new += !likes_old;
    }
    flush_events();
    pass_time(25 * HOUR);
    found = results("both");
    arms = member(found, "arms");
    assert_int_equal(integer(found, "people"), VISITORS);
    assert_int_equal(integer(json_array_get(arms, 0), "did"), old);
    assert_int_equal(integer(json_array_get(arms, 1), "did"), new);
    found = json_array_get(member(found, "comparisons"), 0);
    assert_true(fabs(number(found, "difference") - (double)(new - old) / VISITORS) < 1e-9);
    assert_string_equal(text(found, "verdict"), "better");
}

static void nothing_was_found_in_time(void **state)
{
    char id[80];

    (void)state;
    begin_one("{\"name\":\"first\",\"days\":1," ARMS "}");
    (void)show(1, id, NULL);
    flush_events();
    assert_string_equal(text(results("first"), "verdict"), "open");
    pass_time(50 * HOUR);
    assert_string_equal(text(results("first"), "verdict"), "undecided");
    assert_null(json_string_value(member(api.json, "winner")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(a_definition_comes_back),
        TEST(mistakes_are_named),
        TEST(a_definition_stays),
        TEST(a_day_to_come_is_waited_for),
        TEST(they_come_in_pages),
        TEST(a_file_of_them_is_taken_once),
        TEST(a_person_stays_in_an_arm),
        TEST(who_is_in_one),
        TEST(a_list_goes_on_in_its_arm),
        TEST(reasons_are_those_of_the_arm),
        TEST(a_list_is_of_both),
        TEST(each_side_picks_as_its_model),
        TEST(results_are_as_counted_by_hand),
        TEST(the_log_names_experiment_and_arm),
        TEST(strays_are_left_out),
        TEST(clicks_count_for_the_side_that_picked),
        TEST(nothing_was_found_in_time),
    };

    return cmocka_run_group_tests_name("experiments", tests, NULL, NULL);
}
