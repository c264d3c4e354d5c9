/* Feedback through the API: what is sent comes back from the log, once, whole or not at all. */
#include "http/api.h"
#include "http/metrics.h"
#include "support/tables.h"

#define UUID "0b7e8f9c-1111-4222-8333-0123456789"
#define EVENT_SHAPE                                                                                \
    "sequence:i event_id:s type:s user:i? visitor:s? method:s? model_id:s? list_id:s? "            \
    "experiment:s? arm:s? "                                                                        \
    "scenario:s? "                                                                                 \
    "source_movie:i? movies:a value:n? time:s received_at:s trusted:b"

enum { BODY = 1 << 18 };

static char body[BODY];

static void sends(const char *events, int64_t accepted, int64_t duplicates)
{
    const json_t *answer;

    (void)snprintf(body, sizeof body, "{\"events\":[%s]}", events);
    answer = post("/api/v1/feedback", body);
    assert_shape(answer, "accepted:i duplicates:i");
    assert_int_equal(integer(answer, "accepted"), accepted);
    assert_int_equal(integer(answer, "duplicates"), duplicates);
}

/* The newest event of the log. */
static const json_t *newest(void)
{
    const json_t *page = get("/api/v1/feedback?limit=1");

    assert_shape(page, "items:a next_cursor:s? damaged:i");
    assert_each(member(page, "items"), EVENT_SHAPE);
    return json_array_get(member(page, "items"), 0);
}

static void the_log_is_empty_at_first(void **state)
{
    const json_t *page = get("/api/v1/feedback");

    (void)state;
    assert_int_equal(json_array_size(member(page, "items")), 0);
    assert_true(json_is_null(member(page, "next_cursor")));
}

static void an_impression_comes_back_whole(void **state)
{
    const json_t *event, *movies;

    (void)state;
    sends("{\"event_id\":\"" UUID "01\",\"type\":\"impression\",\"user\":6,\"visitor\":\"v_abc\","
          "\"method\":\"hybrid\",\"model_id\":\"hybrid-1f2e\",\"list_id\":\"r_5f0c\",\"scenario\":"
          "\"evening\","
          "\"source_movie\":11,\"movies\":[{\"movie\":1,\"rank\":1},{\"movie\":31,\"rank\":2}],"
          "\"time\":\"2026-11-23T08:15:00.250Z\"}",
          1, 0);
    event = newest();
    assert_string_equal(text(event, "event_id"), UUID "01");
    assert_string_equal(text(event, "type"), "impression");
    assert_int_equal(integer(event, "user"), 6);
    assert_string_equal(text(event, "visitor"), "v_abc");
    assert_string_equal(text(event, "method"), "hybrid");
    assert_string_equal(text(event, "model_id"), "hybrid-1f2e");
    assert_string_equal(text(event, "list_id"), "r_5f0c");
    assert_string_equal(text(event, "scenario"), "evening");
    assert_int_equal(integer(event, "source_movie"), 11);
    assert_true(json_is_null(member(event, "value")));
    assert_string_equal(text(event, "time"), "2026-11-23T08:15:00.250Z");
    assert_int_equal(strlen(text(event, "received_at")), 24);
    movies = member(event, "movies");
    assert_each(movies, "movie:i title:s rank:i?");
    assert_int_equal(json_array_size(movies), 2);
    assert_string_equal(text(json_array_get(movies, 1), "title"), "Heat");
    assert_int_equal(integer(json_array_get(movies, 1), "rank"), 2);
}

static void a_click_and_a_rating_come_back(void **state)
{
    const json_t *event;

    (void)state;
    sends("{\"event_id\":\"" UUID "02\",\"type\":\"click\",\"visitor\":\"v_abc\",\"item\":41}", 1,
          0);
    event = newest();
    assert_true(json_is_null(member(event, "user")));
    assert_true(json_is_null(member(event, "method")));
    assert_int_equal(integer(json_array_get(member(event, "movies"), 0), "movie"), 41);
    assert_true(json_is_null(member(json_array_get(member(event, "movies"), 0), "rank")));
    sends("{\"event_id\":\"" UUID "03\",\"type\":\"rating\",\"user\":6,\"movie\":41,\"value\":4}",
          1, 0);
    assert_true(number(newest(), "value") == 4);
}

/* As many trackers have them. */
static void ids_may_be_texts(void **state)
{
    static const char *const wrong[] = {"",    "-1",  "+1", " 1", "1.0", "12345678901234567890",
                                        "ana", "1e3", "0x1"};
    const json_t *event;
    char text[300];

    (void)state;
    sends("{\"event_id\":\"" UUID
          "08\",\"type\":\"click\",\"user\":\"6\",\"movies\":[{\"movie\":\"41\"}]}",
          1, 0);
    event = newest();
    assert_int_equal(integer(event, "user"), 6);
    assert_int_equal(integer(json_array_get(member(event, "movies"), 0), "movie"), 41);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(text, sizeof text,
                       "{\"events\":[{\"event_id\":\"" UUID "09\",\"type\":\"click\","
                       "\"user\":\"%s\",\"item\":41}]}",
                       wrong[i]);
        refuses("POST", "/api/v1/feedback", text, 422, "E_INVALID",
                "events[0].user: expected an id: a whole number, or its digits as a text");
    }
}

static void the_same_id_is_one_event(void **state)
{
    static const char event[] =
        "{\"event_id\":\"" UUID "04\",\"type\":\"trailer\",\"visitor\":\"v_abc\",\"item\":41}";
    static const char again[] =
        "{\"event_id\":\"0B7E8F9C-1111-4222-8333-012345678904\",\"type\":\"click\",\"item\":1}";
    char two[600];
    int64_t sequence;

    (void)state;
    sends(event, 1, 0);
    sequence = integer(newest(), "sequence");
    sends(event, 0, 1);
    sends(again, 0, 1);
    (void)snprintf(two, sizeof two, "%s,%s", event, again);
    sends(two, 0, 2);
    assert_int_equal(integer(newest(), "sequence"), sequence);
    sends("{\"event_id\":\"" UUID "05\",\"type\":\"click\",\"item\":1},"
          "{\"event_id\":\"" UUID "05\",\"type\":\"click\",\"item\":1}",
          1, 1);
}

static void one_wrong_event_refuses_all(void **state)
{
    const int64_t sequence = integer(newest(), "sequence");

    (void)state;
    refuses("POST", "/api/v1/feedback",
            "{\"events\":[{\"event_id\":\"" UUID "06\",\"type\":\"click\",\"item\":1},"
            "{\"event_id\":\"" UUID "07\",\"type\":\"looked\",\"item\":1}]}",
            422, "E_INVALID", "events[1].type");
    refuses("POST", "/api/v1/feedback",
            "{\"events\":[{\"event_id\":\"" UUID "06\",\"type\":\"click\",\"item\":2}]}", 422,
            "E_INVALID", "events[0].item");
    refuses("POST", "/api/v1/feedback", "{\"events\":[]}", 422, "E_INVALID", "events");
    refuses("POST", "/api/v1/feedback", "{}", 422, "E_INVALID", "events");
    refuses("POST", "/api/v1/feedback", "{\"events\":", 400, "E_SYNTAX", "line 1");
    refuses("POST", "/api/v1/feedback", "", 400, "E_SYNTAX", "line 1");
    assert_int_equal(integer(newest(), "sequence"), sequence);
}

/* From the id of number first on. */
static void write_many(int first, int count)
{
    size_t at = (size_t)snprintf(body, sizeof body, "{\"events\":[");

    for (int i = 0; i < count; i++)
        at += (size_t)snprintf(body + at, sizeof body - at,
                               "%s{\"event_id\":\"0b7e8f9c-2222-4222-8333-%012d\","
                               "\"type\":\"%s\",\"method\":\"%s\",\"item\":1}",
                               i > 0 ? "," : "", first + i, i % 2 == 0 ? "click" : "trailer",
                               i % 3 == 0 ? "content" : "hybrid");
    (void)snprintf(body + at, sizeof body - at, "]}");
}

static void five_hundred_at_once_and_no_more(void **state)
{
    (void)state;
    write_many(0, 501);
    refuses("POST", "/api/v1/feedback", body, 422, "E_INVALID", "501");
    write_many(0, 500);
    assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 500);
}

/* Every event a filter lets through, newest first. */
static int count_log(const char *filter)
{
    char target[200];
    int64_t before = INT64_MAX;
    int count = 0;
    bool more = true;

    (void)snprintf(target, sizeof target, "/api/v1/feedback?limit=64%s", filter);
    while (more) {
        const json_t *page = get(target);
        const json_t *items = member(page, "items");

        assert_each(items, EVENT_SHAPE);
        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *event = json_array_get(items, i);

            assert_true(integer(event, "sequence") < before);
            before = integer(event, "sequence");
            if (strstr(filter, "content") != NULL)
                assert_string_equal(text(event, "method"), "content");
            if (strstr(filter, "trailer") != NULL)
                assert_string_equal(text(event, "type"), "trailer");
            count++;
        }
        more = !json_is_null(member(page, "next_cursor"));
        if (more)
            (void)snprintf(target, sizeof target, "/api/v1/feedback?limit=64%s&cursor=%s", filter,
                           text(page, "next_cursor"));
    }
    return count;
}

static void the_log_is_filtered_and_paged(void **state)
{
    (void)state;
    assert_int_equal(count_log(""), 506);
    assert_int_equal(count_log("&method=content"), 167);
    assert_int_equal(count_log("&type=trailer"), 251);
    assert_int_equal(count_log("&method=content&type=trailer"), 83);
    assert_int_equal(count_log("&method=nothing"), 0);
    refuses("GET", "/api/v1/feedback?limit=201", NULL, 422, "E_INVALID", "limit");
    refuses("GET", "/api/v1/feedback?cursor=o5", NULL, 400, "E_INVALID", "cursor");
}

/* It is left out and counted, and pages go on past it. */
static void a_damaged_event_stops_no_page(void **state)
{
    const json_t *page;
    char target[100];
    int64_t last;

    (void)state;
    page = get("/api/v1/feedback?limit=3");
    assert_int_equal(integer(page, "damaged"), 0);
    last = integer(json_array_get(member(page, "items"), 1), "sequence");
    (void)snprintf(target, sizeof target, "UPDATE events SET movies = '[[1' WHERE sequence = %lld",
                   (long long)last);
    tables_change(temp_path("reel.db"), target);
    page = get("/api/v1/feedback?limit=2");
    assert_int_equal(json_array_size(member(page, "items")), 1);
    assert_int_equal(integer(page, "damaged"), 1);
    (void)snprintf(target, sizeof target, "/api/v1/feedback?limit=2&cursor=%s",
                   text(page, "next_cursor"));
    page = get(target);
    assert_int_equal(json_array_size(member(page, "items")), 2);
    assert_int_equal(integer(page, "damaged"), 0);
    assert_true(integer(json_array_get(member(page, "items"), 0), "sequence") < last);
    assert_int_equal(count_log(""), 505);
}

static void events_are_found_by_person_film_and_time(void **state)
{
    static const char *const wrong[] = {"since=2026-13-01", "until=yesterday",
                                        "since=2026-10-01T12", "until=2026-10-011"};
    const int of_one = count_log("&user=6"), of_film = count_log("&movie=41"),
              from_film = count_log("&movie=11");

    (void)state;
    sends("{\"event_id\":\"" UUID "61\",\"type\":\"impression\",\"user\":6,\"source_movie\":11,"
          "\"method\":\"content\",\"movies\":[{\"movie\":1,\"rank\":1},{\"movie\":41,\"rank\":2}],"
          "\"time\":\"2026-10-01T12:00:00Z\"}",
          1, 0);
    assert_int_equal(count_log("&user=6"), of_one + 1);
    assert_int_equal(count_log("&movie=41"), of_film + 1);
    assert_int_equal(count_log("&movie=11"), from_film + 1);
    assert_int_equal(count_log("&movie=4"), 0); /* no beginning of a number */
    assert_int_equal(count_log("&since=2026-10-01&until=2026-10-01"), 1);
    assert_int_equal(count_log("&until=2026-10-01T12:00:00Z"), 0);
    assert_int_equal(count_log("&until=2026-10-01T12:00:00.001Z"), 1);
    assert_int_equal(count_log("&since=2026-10-02&until=2026-10-31"), 0);
    assert_int_equal(count_log("&user=6&movie=41&method=content&type=impression&until=2026-10-31"),
                     1);
    assert_int_equal(count_log("&user=5&movie=41&until=2026-10-31"), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char target[80];

        (void)snprintf(target, sizeof target, "/api/v1/feedback?%s", wrong[i]);
        refuses("GET", target, NULL, 422, "E_INVALID", "2026-11-23T08:15:00Z");
    }
    refuses("GET", "/api/v1/feedback?movie=Heat", NULL, 422, "E_INVALID", "movie");
    refuses("GET", "/api/v1/feedback?user=-1", NULL, 422, "E_INVALID", "user");
}

/* As in a log of millions: a page looks at a part of it, and says where to go on. */
static void no_page_reads_the_whole_log(void **state)
{
    const json_t *page;

    (void)state;
    tables_change(temp_path("reel.db"),
                  "UPDATE sqlite_sequence SET seq = seq + 250000 WHERE name = 'events'");
    sends("{\"event_id\":\"" UUID "62\",\"type\":\"click\",\"movie\":1}", 1, 0);
    page = get("/api/v1/feedback?until=2026-10-31");
    assert_int_equal(json_array_size(member(page, "items")), 0);
    assert_false(json_is_null(member(page, "next_cursor")));
    assert_int_equal(count_log("&until=2026-10-31"), 1);
}

static void a_store_for_reading_keeps_nothing(void **state)
{
    reel_feedback *feedback = api.app.feedback;

    (void)state;
    api.app.feedback = NULL;
    refuses("POST", "/api/v1/feedback", "{\"events\":[]}", 503, "E_STORE", "reading only");
    api.app.feedback = feedback;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_is_empty_at_first),
        cmocka_unit_test(an_impression_comes_back_whole),
        cmocka_unit_test(a_click_and_a_rating_come_back),
        cmocka_unit_test(ids_may_be_texts),
        cmocka_unit_test(the_same_id_is_one_event),
        cmocka_unit_test(one_wrong_event_refuses_all),
        cmocka_unit_test(five_hundred_at_once_and_no_more),
        cmocka_unit_test(the_log_is_filtered_and_paged),
        cmocka_unit_test(a_damaged_event_stops_no_page),
        cmocka_unit_test(events_are_found_by_person_film_and_time),
        cmocka_unit_test(no_page_reads_the_whole_log),
        cmocka_unit_test(a_store_for_reading_keeps_nothing),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
