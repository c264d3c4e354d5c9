/* One list for several people: the three rules against scores asked for one by one, reasons of
 * each, what is hidden, and what is refused.
 */
#include "http/api.h"

enum { PEOPLE = 3, BODY_MAX = 500 };
#define ANA                                                                                        \
    "{\"name\":\"Ana\",\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"rating\":2}]}"
#define SHARE_SHAPE                                                                                \
    "standing:n predicted_rating:n? predicted_rating_interval:a? score:n baseline:n reasons:a "    \
    "other:n"

static const char *const alone[PEOPLE] = {
    "\"user\":6", "\"user\":9",
    "\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":31,\"rating\":2}]"};

static const json_t *household(const char *rule, const char *members)
{
    char body[BODY_MAX];

    (void)snprintf(body, sizeof body,
                   "{\"household\":{\"rule\":\"%s\",\"members\":[{\"user\":6},{\"user\":9}," ANA
                   "]}%s}",
                   rule, members);
    return post("/api/v1/recommendations", body);
}

static void the_answer_says_whose_it_is(void **state)
{
    const json_t *list = household("least_misery", ",\"limit\":5,\"seen\":\"show\"");
    const json_t *who = member(list, "household"), *items = member(list, "items");

    (void)state;
    assert_string_equal(text(list, "basis"), "household");
    assert_true(json_is_null(member(list, "user")));
    assert_shape(who, "rule:s members:a");
    assert_string_equal(text(who, "rule"), "least_misery");
    assert_each(member(who, "members"), "user:i? name:s? basis:s");
    assert_int_equal(integer(json_array_get(member(who, "members"), 1), "user"), 9);
    assert_string_equal(text(json_array_get(member(who, "members"), 2), "name"), "Ana");
    assert_string_equal(text(json_array_get(member(who, "members"), 2), "basis"), "fold_in");
    assert_int_equal(json_array_size(items), 5);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        assert_shape(item, ITEM_SHAPE " members:a");
        assert_each(member(item, "members"), SHARE_SHAPE);
        assert_int_equal(json_array_size(member(item, "members")), PEOPLE);
    }
}

/* Each one's scores and reasons are what they get alone. */
static void everyone_has_their_own_reasons(void **state)
{
    json_t *whole =
        json_incref((json_t *)(uintptr_t)household("average", ",\"limit\":30,\"reasons\":16"));
    const json_t *items = member(whole, "items");

    (void)state;
    for (size_t m = 0; m < PEOPLE; m++) {
        char body[BODY_MAX];
        const json_t *own;

        (void)snprintf(body, sizeof body, "{%s,\"limit\":100,\"reasons\":16}", alone[m]);
        own = post("/api/v1/recommendations", body);
        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *item = json_array_get(items, i);
            const json_t *share = json_array_get(member(item, "members"), m);
            const json_t *same = item_of(own, integer(item, "movie"));

            assert_non_null(same);
            assert_true(fabs(number(share, "score") - number(same, "score")) < 1e-4);
            assert_true(json_array_size(member(share, "reasons")) > 0);
            assert_true(json_equal(member(share, "reasons"), member(same, "reasons")));
            assert_true(number(share, "predicted_rating") >= 1);
            assert_true(
                json_equal(member(share, "predicted_rating"), member(same, "predicted_rating")));
        }
    }
    json_decref(whole);
}

static double expected(const json_t *members, const char *rule)
{
    double sum = 0, squares = 0, lowest = (double)INFINITY, mean;

    for (size_t m = 0; m < PEOPLE; m++) {
        const double own = number(json_array_get(members, m), "standing");

        sum += own;
        squares += own * own;
        lowest = fmin(lowest, own);
    }
    mean = sum / PEOPLE;
    if (strcmp(rule, "least_misery") == 0)
        return lowest;
    return strcmp(rule, "average") == 0 ? mean : mean - sqrt(squares / PEOPLE - mean * mean);
}

static void each_rule_joins_as_it_says(void **state)
{
    static const char *const rules[] = {"average", "least_misery", "fairness"};

    (void)state;
    for (size_t r = 0; r < 3; r++) {
        const json_t *items =
            member(household(rules[r], ",\"limit\":30,\"seen\":\"show\""), "items");

        assert_true(json_array_size(items) > 3);
        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *item = json_array_get(items, i);

            assert_true(fabs(number(item, "score") - expected(member(item, "members"), rules[r])) <
                        1e-4);
            assert_true(i == 0 ||
                        number(item, "score") <= number(json_array_get(items, i - 1), "score"));
        }
    }
}

static void what_anyone_has_seen_is_hidden(void **state)
{
    const json_t *list = household("average", ",\"limit\":100");

    (void)state;
    assert_null(item_of(list, 1));
    assert_null(item_of(list, 31));
    list = household("average", ",\"limit\":100,\"seen\":\"show\"");
    assert_non_null(item_of(list, 1));
}

static void rules_hold_for_households(void **state)
{
    const json_t *list =
        household("average", ",\"limit\":4,\"seen\":\"show\",\"calibrate\":0.5,\"diversity\":0.5,"
                             "\"filter\":\"year > 1960\"");

    (void)state;
    assert_int_equal(json_array_size(member(list, "items")), 4);
    assert_true(integer(member(list, "removed"), "filter") > 0);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *household, *part;
        int status;
    } cases[] = {
        {"{\"members\":[{\"user\":6}]}", "household.members: expected an array of 2 to 12", 422},
        {"{\"members\":7}", "household.members: expected an array", 422},
        {"{}", "household.members: expected an array", 422},
        {"{\"rule\":\"dictator\",\"members\":[{\"user\":6},{\"user\":9}]}",
         "household.rule: \"dictator\" is none of", 422},
        {"{\"members\":[{\"user\":6},7]}", "household.members[1]: expected a JSON object", 422},
        {"{\"members\":[{\"user\":6},{\"name\":\"Ana\"}]}",
         "household.members[1]: give either user or history", 422},
        {"{\"members\":[{\"user\":6,\"history\":[]},{\"user\":9}]}",
         "household.members[0]: give either user or history", 422},
        {"{\"members\":[{\"user\":6},{\"history\":[{\"movie\":1}]}]}",
         "household.members[1].history[0].rating: must be given", 422},
        {"{\"members\":[{\"user\":6},{\"user\":999}]}",
         "household.members[1].user: no person has id 999", 404},
        {"{\"members\":[{\"user\":6},{\"history\":[{\"movie\":999,\"rating\":5}]}]}",
         "household.members[1].history[0].movie: no film has id 999", 404},
    };
    char body[BODY_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(body, sizeof body, "{\"household\":%s}", cases[i].household);
        refuses("POST", "/api/v1/recommendations", body, cases[i].status,
                cases[i].status == 404 ? "E_NOTFOUND" : "E_INVALID", cases[i].part);
    }
    refuses("POST", "/api/v1/recommendations",
            "{\"user\":6,\"household\":{\"members\":[{\"user\":6},{\"user\":9}]}}", 422,
            "E_INVALID", "not several");
    refuses("POST", "/api/v1/recommendations",
            "{\"edits\":[{\"movie\":1,\"weight\":0}],\"household\":{\"members\":[{\"user\":6},"
            "{\"user\":9}]}}",
            422, "E_INVALID", "edits: whose?");
    refuses("POST", "/api/v1/explanations",
            "{\"movie\":1,\"household\":{\"members\":[{\"user\":6},{\"user\":9}]}}", 422,
            "E_INVALID", "household: reasons are one person's");
}

static reel_code ask_once(void *user, reel_err *err)
{
    static const reel_given liked = {.movie = 1, .rating = 5, .weight = 1};
    static const reel_member members[2] = {{.user = 6}, {-1, &liked, 1, "Ana"}};
    reel_request request = reel__request_default();
    reel_session *session;
    const reel_list *list;
    reel_code rc;

    (void)user;
    request.members = members;
    request.member_count = 2;
    request.diversity = 0.5;
    REEL_TRY(reel__session_new(&session, api.engine, err));
    rc = reel__recommend(session, &request, &list, err);
    reel__session_free(session);
out:
    return rc;
}

static void memory_may_be_missing(void **state)
{
    reel_err err = {0};

    (void)state;
    assert_ok(ask_once(NULL, &err)); /* what the engine makes once is there then */
    assert_true(sweep_memory(ask_once, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_says_whose_it_is),
        cmocka_unit_test(everyone_has_their_own_reasons),
        cmocka_unit_test(each_rule_joins_as_it_says),
        cmocka_unit_test(what_anyone_has_seen_is_hidden),
        cmocka_unit_test(rules_hold_for_households),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(memory_may_be_missing),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
