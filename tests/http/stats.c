/* Reports of feedback: events come in by the API and are in the next answer; ranges, comparison,
 * pages and tables. Who may ask is in gate.c; the sums themselves in tests/store.
 */
#include <time.h>

#include "http/api.h"
#include "store/jobs.h"

#define BASE "/api/v1/analytics/"

static int events_sent;

static void send_event(const char *members)
{
    char body[2048];

    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"00000000-0000-4000-8000-%012d\",%s}]}",
                   events_sent++, members);
    assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 1);
}

static void show(const char *list, const char *day, const char *model)
{
    char members[1024];

    (void)snprintf(
        members, sizeof members,
        "\"type\":\"impression\",\"list_id\":\"%s\",\"method\":\"ease\",\"model_id\":\"%s\","
        "\"scenario\":\"for you\",\"visitor\":\"v_%s\",\"time\":\"%sT20:15:00Z\","
        "\"movies\":[{\"movie\":%lld,\"rank\":1},{\"movie\":%lld,\"rank\":2},"
        "{\"movie\":%lld,\"rank\":3}]",
        list, model, list, day, (long long)world_id(1), (long long)world_id(2),
        (long long)world_id(3));
    send_event(members);
}

static void act(const char *type, const char *list, int film, const char *more)
{
    char members[512];

    (void)snprintf(members, sizeof members,
                   "\"type\":\"%s\",\"list_id\":\"%s\",\"visitor\":\"v_%s\",\"item\":%lld,"
                   "\"time\":\"2026-03-03T21:00:00Z\"%s",
                   type, list, list, (long long)world_id(film), more);
    send_event(members);
}

/* Two lists in one week, two in the next, and what was done with them. */
static int fill(void **state)
{
    if (api_start(state) != 0)
        return -1;
    show("a", "2026-03-02", "ease-1"); /* a Monday */
    show("b", "2026-03-03", "ease-1");
    show("c", "2026-03-09", "ease-2");
    show("d", "2026-03-10", "ease-2");
    act("click", "a", 1, "");
    act("click", "a", 1, "");
    act("rating", "a", 1, ",\"value\":4");
    act("click", "b", 2, "");
    act("click", "", 3, "");
    act("dwell", "a", 1, ",\"value\":12.5");
    return 0;
}

static const json_t *first(void)
{
    return json_array_get(member(api.json, "items"), 0);
}

#define MARCH "range=2026-03-01..2026-03-31"

static void the_whole_range(void **state)
{
    (void)state;
    assert_int_equal(integer(get(BASE "summary?" MARCH), "waiting"), 0);
    assert_string_equal(text(member(api.json, "range"), "from"), "2026-03-01");
    assert_string_equal(text(member(api.json, "range"), "to"), "2026-03-31");
    assert_true(json_is_null(member(api.json, "against")));
    assert_int_equal(json_array_size(member(api.json, "items")), 1);
    assert_int_equal(integer(first(), "lists"), 4);
    assert_int_equal(integer(first(), "shown"), 12);
    assert_int_equal(integer(first(), "clicked"), 2);
    assert_int_equal(integer(first(), "clicks"), 4);
    assert_int_equal(integer(first(), "clicked_rated"), 1);
    assert_int_equal(integer(first(), "films"), 3);
    assert_int_equal(integer(first(), "new_people"), 5); /* and one of no list */
    assert_true(json_real_value(member(member(first(), "click_through"), "rate")) == 0.166667);
    assert_true(json_real_value(member(first(), "dwell_seconds")) == 12.5);
    /* against the week before */
    (void)get(BASE "summary?range=2026-03-09..2026-03-15&against=previous");
    assert_int_equal(json_array_size(member(api.json, "items")), 2);
    assert_string_equal(text(member(api.json, "against"), "from"), "2026-03-02");
    assert_int_equal(integer(json_array_get(member(api.json, "items"), 1), "clicked"), 2);
    assert_true(json_real_value(member(member(api.json, "change"), "rate")) < -0.3);
}

static void the_first_day_that_there_is_may_be_asked_about(void **state)
{
    (void)state;
    (void)get(BASE "summary?range=1970-01-01..1970-01-02");
    assert_string_equal(text(member(api.json, "range"), "from"), "1970-01-01");
    assert_string_equal(text(member(api.json, "range"), "to"), "1970-01-02");
    assert_string_equal(text(first(), "from"), "1970-01-01");
    (void)get(BASE "summary?range=1970-01-01");
    assert_string_equal(text(member(api.json, "range"), "to"), "1970-01-01");
}

static void rates_by_what_is_asked(void **state)
{
    static const struct {
        const char *by;
        size_t rows;
    } ways[] = {{"method", 1}, {"model", 2}, {"scenario", 1}, {"rank", 3}};

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char target[120];
        const json_t *items;
        int64_t shown = 0, clicked = 0;

        (void)snprintf(target, sizeof target, BASE "rates?" MARCH "&by=%s&against=2026-02-01",
                       ways[i].by);
        items = member(get(target), "items");
        assert_int_equal(json_array_size(items), ways[i].rows);
        for (size_t k = 0; k < ways[i].rows; k++) {
            shown += integer(json_array_get(items, k), "shown");
            clicked += integer(json_array_get(items, k), "clicked");
            assert_int_equal(integer(member(json_array_get(items, k), "against"), "shown"), 0);
        }
        assert_int_equal(shown, 12);
        assert_int_equal(clicked, 2);
    }
    (void)get(BASE "rates?by=model&range=all");
    assert_string_equal(text(first(), "model_id"), "ease-1");
    assert_string_equal(text(first(), "first_shown"), "2026-03-02");
    (void)get(BASE "rates?by=model&range=2020-01-01");
    assert_int_equal(json_array_size(member(api.json, "items")), 0);
}

static void films_in_pages(void **state)
{
    char target[300];

    (void)state;
    (void)get(BASE "films?" MARCH "&by=clicked&limit=2");
    assert_int_equal(integer(first(), "movie"), world_id(1));
    assert_int_equal(integer(first(), "clicks"), 2);
    assert_int_equal(integer(first(), "clicked"), 1);
    assert_int_equal(integer(api.json, "films"), 3);
    (void)snprintf(target, sizeof target, BASE "films?" MARCH "&by=clicked&limit=2&cursor=%s",
                   text(api.json, "next_cursor"));
    (void)get(target);
    assert_int_equal(json_array_size(member(api.json, "items")), 1);
    assert_int_equal(integer(first(), "movie"), world_id(3));
    assert_true(json_is_null(member(api.json, "next_cursor")));
    (void)snprintf(target, sizeof target, BASE "films?" MARCH "&by=shown&limit=2&cursor=c2.2~1");
    refuses("GET", target, NULL, 400, "E_INVALID", "cursor");
    (void)get(BASE "films?" MARCH "&against=previous");
    assert_int_equal(integer(member(first(), "against"), "shown"), 0);
}

static void times_genres_and_people(void **state)
{
    const json_t *items;

    (void)state;
    items = member(get(BASE "times?" MARCH), "items");
    assert_int_equal(json_array_size(items), 168);
    assert_int_equal(integer(json_array_get(items, 20), "lists"), 2); /* Mondays at 20 */
    assert_int_equal(integer(json_array_get(items, 24 + 21), "clicks"), 4);
    items = member(get(BASE "times?by=day&" MARCH), "items");
    assert_int_equal(json_array_size(items), 4);
    assert_string_equal(text(first(), "day"), "2026-03-02");
    assert_int_equal(json_array_size(member(get(BASE "times?by=week&method=ease&" MARCH), "items")),
                     2);
    assert_int_equal(json_array_size(member(get(BASE "times?by=week&method=no&" MARCH), "items")),
                     0);
    items = member(get(BASE "people?" MARCH), "items");
    assert_int_equal(integer(json_array_get(items, 1), "people"), 3);
    assert_int_equal(integer(json_array_get(items, 1), "new"), 2);
    assert_int_equal(integer(json_array_get(items, 1), "returning"), 1);
    (void)get(BASE "genres?range=2026-02-01&against=2026-03-02..2026-03-10");
    assert_true(json_is_null(member(first(), "share_of_shown")));
    assert_true(json_number_value(member(member(first(), "against"), "share_of_shown")) >= 0);
    items = member(get(BASE "genres?" MARCH "&against=previous"), "items");
    assert_true(json_array_size(items) > 0);
    assert_true(integer(first(), "shown") > 0);
}

/* What is as far into the range compared with stands beside it. */
static void times_people_and_the_catalogue_beside_others(void **state)
{
    static const char week[] = "range=2026-03-09..2026-03-15&against=previous";
    char target[160];
    const json_t *items, *item;

    (void)state;
    (void)snprintf(target, sizeof target, BASE "times?%s", week);
    items = member(get(target), "items");
    assert_int_equal(json_array_size(items), 168);
    item = json_array_get(items, 24 + 21); /* Tuesdays at 21 */
    assert_int_equal(integer(item, "clicks"), 0);
    assert_int_equal(integer(member(item, "against"), "clicks"), 4);
    assert_int_equal(integer(json_array_get(items, 20), "lists"), 1);
    (void)snprintf(target, sizeof target, BASE "times?by=day&%s", week);
    items = member(get(target), "items");
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(text(first(), "day"), "2026-03-09");
    assert_string_equal(text(member(first(), "against"), "day"), "2026-03-02");
    assert_int_equal(integer(member(first(), "against"), "lists"), 1);
    assert_int_equal(integer(member(json_array_get(items, 1), "against"), "clicks"), 4);
    (void)snprintf(target, sizeof target, BASE "times?by=week&%s", week);
    (void)get(target);
    assert_string_equal(text(member(first(), "against"), "week"), "2026-03-02");
    assert_int_equal(integer(member(first(), "against"), "ratings"), 1);
    (void)snprintf(target, sizeof target, BASE "people?%s", week);
    items = member(get(target), "items");
    assert_int_equal(json_array_size(items), 2);
    assert_int_equal(integer(json_array_get(items, 1), "people"), 1);
    item = member(json_array_get(items, 1), "against");
    assert_string_equal(text(item, "day"), "2026-03-03");
    assert_int_equal(integer(item, "people"), 3);
    assert_int_equal(integer(item, "returning"), 1);
    (void)snprintf(target, sizeof target, BASE "catalogue?%s", week);
    assert_int_equal(json_array_size(member(get(target), "items")), 1);
    item = member(first(), "against");
    assert_string_equal(text(item, "week"), "2026-03-02");
    assert_int_equal(integer(item, "lists"), 2);
    assert_int_equal(integer(item, "films"), 3);
    assert_true(json_is_true(member(item, "whole")));
    assert_true(json_is_null(member(member(api.json, "trend_against"), "rate")));
}

/* Nothing stands beside what the other range is too short for, and what it has more of is left out;
 * a day on which only the other has something is there. */
static void ranges_of_other_lengths_are_compared_from_their_beginnings(void **state)
{
    static const char *const reports[] = {"times?by=day&", "people?", "times?by=week&",
                                          "catalogue?"};
    char target[160];
    const json_t *items;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(target, sizeof target,
                       BASE "%srange=2026-03-02..2026-03-15&against=2026-03-10", reports[i]);
        items = member(get(target), "items");
        assert_int_equal(json_array_size(items), i < 2 ? 4 : 2);
        assert_true(json_is_object(member(first(), "against")));
        assert_true(json_is_null(member(json_array_get(items, 1), "against")));
        (void)snprintf(target, sizeof target,
                       BASE "%srange=2026-02-01&against=2026-03-02..2026-03-15", reports[i]);
        items = member(get(target), "items");
        assert_int_equal(json_array_size(items), 1);
    }
    (void)get(BASE "people?range=2026-02-01&against=2026-03-03");
    assert_string_equal(text(first(), "day"), "2026-02-01");
    assert_int_equal(integer(first(), "people"), 0);
    assert_int_equal(integer(member(first(), "against"), "people"), 3);
    begin("GET", BASE "people?format=csv&range=2026-03-02..2026-03-03&against=2026-03-03");
    assert_int_equal(handle(), 200);
    assert_memory_equal(api.exchange.answer.data,
                        "day,people,new,returning,against.day,against.people,against.new,"
                        "against.returning\n2026-03-02,1,1,0,2026-03-03,3,2,1\n"
                        "2026-03-03,3,2,1,,,,\n",
                        api.exchange.answer.length);
}

static void the_catalogue_models_and_health(void **state)
{
    const json_t *items;

    (void)state;
    items = member(get(BASE "catalogue?" MARCH), "items");
    assert_int_equal(json_array_size(items), 2);
    assert_int_equal(integer(first(), "films"), 3);
    assert_true(fabs(json_number_value(member(first(), "effective_films")) - 3) < 1e-5);
    assert_int_equal(integer(api.json, "catalogue"), WORLD_FILMS);
    assert_false(json_is_true(member(api.json, "narrowing")));
    items = member(get(BASE "models?" MARCH), "items");
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(text(json_array_get(items, 1), "model_id"), "ease-2");
    items = member(api.json, "promotions");
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(text(json_array_get(items, 1), "day"), "2026-03-09");
    assert_true(json_array_size(member(get(BASE "health"), "items")) > 5);
}

/* A training as it ended: what the gate said of it is in the report of its day. */
static void end_training(bool passed, const char *result)
{
    reel_job job = {.kind = "train",
                    .model = "",
                    .parameters = "{}",
                    .asked_by = "test",
                    .owner = "me",
                    .step = "",
                    .created_ms = 1};
    int64_t id = 0;
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__store_add_job(api.store, &job, &err));
    assert_ok(reel__store_claim_job(api.store, "me", 2, &id, &err));
    assert_int_equal(id, job.id);
    job.state = passed ? REEL_JOB_DONE : REEL_JOB_FAILED;
    job.code = passed ? "" : "E_CONFLICT";
    job.reason = passed ? "" : "ease-3 is worse than ease-2";
    job.result = result;
    job.finished_ms = 1772928000000; /* 2026-03-08 */
    assert_ok(reel__store_end_job(api.store, &job, NULL, &err));
}

static void trainings_and_what_the_gate_said(void **state)
{
    const json_t *trainings;

    (void)state;
    end_training(true,
                 "{\"models\":[],\"gate\":{\"candidate\":\"ease-2\",\"incumbent\":\"ease-1\","
                 "\"people\":40,\"before\":0.2,\"after\":0.25,\"difference\":[0.01,0.05,0.09],"
                 "\"overlap\":0.5}}");
    end_training(false, "");
    end_training(true, "{\"gate\":null}"); /* nothing served before */
    end_training(true, "not JSON");
    trainings = member(get(BASE "models?" MARCH), "trainings");
    assert_int_equal(json_array_size(trainings), 2);
    assert_false(json_is_true(member(json_array_get(trainings, 0), "passed")));
    assert_string_equal(text(json_array_get(trainings, 0), "reason"),
                        "ease-3 is worse than ease-2");
    trainings = json_array_get(trainings, 1);
    assert_string_equal(text(trainings, "candidate"), "ease-2");
    assert_string_equal(text(trainings, "day"), "2026-03-08");
    assert_true(json_real_value(member(member(trainings, "difference"), "low")) == 0.01);
    trainings = member(get(BASE "models?range=2026-04-01"), "trainings");
    assert_int_equal(json_array_size(trainings), 0);
}

/* However many other jobs came since. */
static void health_knows_the_last_training(void **state)
{
    const json_t *last = NULL, *items, *item;
    size_t at;

    (void)state;
    end_training(true, "{}");
    for (int i = 0; i < 201; i++) {
        reel_job job = {.kind = "evaluate", .model = "", .parameters = "{}", .asked_by = "test"};
        reel_err err = {REEL_OK, ""};

        assert_ok(reel__store_add_job(api.store, &job, &err));
    }
    items = member(get(BASE "health"), "items");
    json_array_foreach(items, at, item)
    {
        if (strcmp(text(item, "what"), "last_training_seconds_ago") == 0)
            last = member(item, "value");
    }
    assert_non_null(last);
    assert_true(json_is_number(last));
}

/* The rows of a comparison are one list in the order of its places. */
static void places_stand_in_their_order(void **state)
{
    const json_t *items;

    (void)state;
    send_event("\"type\":\"impression\",\"list_id\":\"one\",\"visitor\":\"v_one\","
               "\"time\":\"2025-12-02T20:00:00Z\",\"movies\":[{\"movie\":1,\"rank\":2}]");
    items = member(get(BASE "rates?by=rank&range=2025-12-02&against=2026-03-02"), "items");
    assert_int_equal(json_array_size(items), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(integer(json_array_get(items, i), "rank"), i + 1);
        /* A list is of many places. */
        assert_null(json_object_get(json_array_get(items, i), "lists"));
        assert_null(json_object_get(member(json_array_get(items, i), "against"), "lists"));
    }
    assert_int_equal(integer(json_array_get(items, 1), "shown"), 1);
}

static void nothing_shown_is_neither_even_nor_uneven(void **state)
{
    (void)state;
    (void)get(BASE "summary?range=2020-01-01");
    assert_int_equal(integer(first(), "films"), 0);
    assert_true(json_is_null(member(first(), "gini")));
    assert_true(json_is_null(member(first(), "novelty")));
}

/* A range seldom begins on a Monday: weeks count as they are, but for those that are cut off by the
 * beginning of the log, or by now. */
static void whole_weeks_tell_whether_it_narrows(void **state)
{
    static const char *const days[] = {"2025-03-05", "2025-03-10", "2025-03-18", "2025-03-30",
                                       "2025-04-01"};
    char list[8], today[16];
    const json_t *items;
    const time_t now = time(NULL);
    struct tm parts;

    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        (void)snprintf(list, sizeof list, "w%zu", i);
        show(list, days[i], "ease-0");
    }
    items = member(get(BASE "catalogue?range=2025-03-06..2025-04-02"), "items");
    assert_int_equal(json_array_size(items), 5);
    assert_string_equal(text(first(), "week"), "2025-03-03");
    assert_false(json_is_true(member(first(), "whole")));
    for (size_t i = 1; i < 5; i++)
        assert_true(json_is_true(member(json_array_get(items, i), "whole")));
    assert_true(json_is_number(member(member(api.json, "trend"), "rate")));
    (void)get(BASE "catalogue?range=2025-03-06..2025-03-30"); /* three of them */
    assert_true(json_is_null(member(member(api.json, "trend"), "rate")));
    (void)gmtime_r(&now, &parts);
    (void)strftime(today, sizeof today, "%Y-%m-%d", &parts);
    show("now", today, "ease-9");
    (void)get(BASE "catalogue?range=1d");
    assert_false(json_is_true(member(first(), "whole")));
}

static void as_a_table(void **state)
{
    static const char begin_of[] = "method,model_id,first_shown,lists,shown,clicked,rated,"
                                   "clicked_rated,not_interested,click_through.rate,"
                                   "click_through.low,click_through.high,rating_through.rate,"
                                   "rating_through.low,rating_through.high\n"
                                   "ease,ease-1,2026-03-02,2,6,2,1,1,0,0.333333,";

    (void)state;
    begin("GET", BASE "rates?by=model&format=csv&" MARCH);
    assert_int_equal(handle(), 200);
    assert_string_equal(api.exchange.answer_type, "text/csv; charset=utf-8");
    assert_memory_equal(api.exchange.answer.data, begin_of, strlen(begin_of));
}

/* A table says what its columns are also where it has no rows: the same as where it has. */
static void a_table_without_rows_has_its_heading(void **state)
{
    static const char *const asked[] = {"rates?by=method",
                                        "rates?by=model",
                                        "rates?by=scenario",
                                        "rates?by=rank",
                                        "films?by=shown",
                                        "genres?by=",
                                        "times?by=day",
                                        "times?by=week",
                                        "people?by=",
                                        "catalogue?by=",
                                        "models?by=",
                                        "rates?by=model&against=previous",
                                        "films?by=shown&against=previous",
                                        "times?by=week&against=previous",
                                        "people?against=previous",
                                        "catalogue?against=previous"};
    char target[200], heading[1200];

    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char *by = NULL;
        size_t length;

        (void)snprintf(target, sizeof target, BASE "%s", asked[i]);
        by = strstr(target, "by=");
        if (by != NULL && by[3] == '\0')
            *by = '\0';
        else
            (void)strcat(target, "&");
        (void)strcat(target, "format=csv&range=");
        length = strlen(target);
        (void)strcat(target, "2026-03-02..2026-03-15");
        begin("GET", target);
        assert_int_equal(handle(), 200);
        api.exchange.answer.data[api.exchange.answer.length - 1] = '\0';
        (void)snprintf(heading, sizeof heading, "%.*s",
                       (int)strcspn(api.exchange.answer.data, "\n"), api.exchange.answer.data);
        assert_true(strlen(heading) > 10);
        assert_true(strlen(heading) + 1 < api.exchange.answer.length);
        (void)strcpy(target + length, "2020-01-10");
        begin("GET", target);
        assert_int_equal(handle(), 200);
        assert_int_equal(strcspn(api.exchange.answer.data, "\n"), strlen(heading));
        assert_memory_equal(api.exchange.answer.data, heading, strlen(heading));
        if (strncmp(asked[i], "genres", 6) != 0) /* those of the catalogue are always there */
            assert_int_equal(api.exchange.answer.length, strlen(heading) + 1);
    }
}

static void what_is_refused(void **state)
{
    static const char *const wrong[][2] = {{"summary?range=yesterday", "range: "},
                                           {"summary?range=2026-02-30", "range: "},
                                           {"summary?range=2026-03-02..2026-03-01", "range: "},
                                           {"summary?range=99999d", "range: "},
                                           {"summary?range=0d", "range: "},
                                           {"summary?against=next", "against: "},
                                           {"rates?by=star", "by: "},
                                           {"rates?by=", "by: "},
                                           {"rates?by=met", "by: "},
                                           {"films?limit=0", "limit"},
                                           {"models?against=previous", "against"},
                                           {"rates?format=xml", "format: "}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char target[120];

        (void)snprintf(target, sizeof target, BASE "%s", wrong[i][0]);
        refuses("GET", target, NULL, 422, "E_INVALID", wrong[i][1]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_range),
        cmocka_unit_test(the_first_day_that_there_is_may_be_asked_about),
        cmocka_unit_test(rates_by_what_is_asked),
        cmocka_unit_test(films_in_pages),
        cmocka_unit_test(times_genres_and_people),
        cmocka_unit_test(times_people_and_the_catalogue_beside_others),
        cmocka_unit_test(ranges_of_other_lengths_are_compared_from_their_beginnings),
        cmocka_unit_test(the_catalogue_models_and_health),
        cmocka_unit_test(trainings_and_what_the_gate_said),
        cmocka_unit_test(as_a_table),
        cmocka_unit_test(a_table_without_rows_has_its_heading),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(places_stand_in_their_order),
        cmocka_unit_test(nothing_shown_is_neither_even_nor_uneven),
        cmocka_unit_test(whole_weeks_tell_whether_it_narrows),
        cmocka_unit_test(health_knows_the_last_training),
    };

    return cmocka_run_group_tests(tests, fill, api_stop);
}
