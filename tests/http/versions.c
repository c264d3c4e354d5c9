/* Versions of models over the API: lists by the page, cards, which may be put in service and which
 * not, and that the address for everybody does neither.
 */
#include "http/api.h"

#define VERSION_SHAPE                                                                              \
    "id:s name:s state:s reason:s? cause:s? serving:b summary:s data_hash:s parameters:o "         \
    "movies:i "                                                                                    \
    "people:i size_bytes:i trained_at:s seconds:n"

static char first[64], second[64]; /* of ease; the second is in service */

/* Something else than what is trained in haste. */
static int start(void **state)
{
    reel_engine *engine = NULL;
    reel_engine_opts opts;
    reel_err err = {0};

    if (api_start(state) != 0)
        return -1;
    (void)snprintf(first, sizeof first, "%s",
                   reel_model_id(reel__engine_model(api.engine, "ease")));
    opts = world_opts(temp_path("reel.db"));
    opts.learn = opts.retrain = true;
    opts.only = "ease";
    assert_ok(reel__engine_open(&engine, &opts, &err));
    (void)snprintf(second, sizeof second, "%s", reel_model_id(reel__engine_model(engine, "ease")));
    reel__engine_close(engine);
    return 0;
}

static const char *target_of(const char *id, const char *what)
{
    static char target[160];

    (void)snprintf(target, sizeof target, "/api/v1/models/%s%s", id, what);
    return target;
}

/* What an administrator is answered; kept until the next question. */
static const json_t *administer(const char *target, const char *body, int status)
{
    const reel_account admin = {.id = 1, .role = REEL_ROLE_ADMIN};

    begin("POST", target);
    api.exchange.body = body;
    api.exchange.body_length = strlen(body);
    api.exchange.content_type = "application/json";
    api.exchange.caller = reel__caller_account(&admin);
    assert_int_equal(handle(), status);
    assert_described("POST");
    return api.json;
}

static void they_are_listed_by_the_page(void **state)
{
    const json_t *page = get("/api/v1/versions?model=ease"), *items = member(page, "items");
    char cursor[64], target[160];
    size_t pages = 0, all = 0;

    (void)state;
    assert_shape(page, "items:a next_cursor:s?");
    assert_each(items, VERSION_SHAPE);
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(text(json_array_get(items, 0), "id"), second);
    assert_string_equal(text(json_array_get(items, 0), "state"), "in_service");
    assert_false(json_is_true(member(json_array_get(items, 0), "serving")));
    assert_string_equal(text(json_array_get(items, 1), "id"), first);
    assert_string_equal(text(json_array_get(items, 1), "state"), "ready");
    assert_true(json_is_true(member(json_array_get(items, 1), "serving")));
    (void)snprintf(target, sizeof target, "/api/v1/versions?limit=2");
    for (page = get(target);; page = get(target)) {
        pages++;
        all += json_array_size(member(page, "items"));
        if (json_is_null(member(page, "next_cursor")))
            break;
        (void)snprintf(cursor, sizeof cursor, "%.60s", text(page, "next_cursor"));
        (void)snprintf(target, sizeof target, "/api/v1/versions?limit=2&cursor=%s", cursor);
    }
    assert_int_equal(all, 8); /* seven models, and the second of ease */
    assert_int_equal(pages, 4);
}

static void each_has_a_card(void **state)
{
    const json_t *card = get(target_of(first, ""));

    (void)state;
    assert_shape(card, VERSION_SHAPE " evaluation:o?");
    assert_string_equal(text(card, "id"), first);
    assert_string_equal(text(card, "name"), "ease");
    assert_int_equal(integer(card, "movies"), WORLD_FILMS);
    assert_int_equal(integer(card, "people"), WORLD_PEOPLE);
    assert_true(integer(card, "size_bytes") > 1000);
    assert_string_equal(text(member(card, "parameters"), "channels"), "liked");
    assert_string_equal(text(get(target_of("ease", "")), "id"), second);
}

static void one_is_put_in_service(void **state)
{
    (void)state;
    assert_string_equal(text(administer(target_of(first, "/activate"), "", 200), "state"),
                        "in_service");
    assert_true(json_is_true(member(api.json, "serving")));
    assert_string_equal(text(administer(target_of(second, "/activate"), "{}", 200), "id"), second);
    assert_string_equal(text(administer(target_of("ease", "/rollback"), "", 200), "id"), first);
    (void)administer(target_of("ease", "/rollback"), "", 409);
    assert_problem(409, "E_CONFLICT", "from before");
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    refuses("GET", "/api/v1/models/slim", NULL, 404, "E_NOTFOUND", "no version \"slim\"");
    refuses("GET", "/api/v1/versions?model=slim", NULL, 422, "E_INVALID", "no model is called");
    refuses("GET", "/api/v1/versions?limit=0", NULL, 422, "E_INVALID", "limit");
    refuses("GET", "/api/v1/versions?cursor=x", NULL, 400, "E_INVALID", "cursor");
    refuses("POST", target_of(first, "/activate"), "", 401, "E_UNAUTH", "");
    refuses("POST", target_of("ease", "/rollback"), "", 401, "E_UNAUTH", "");
    refuses("GET", target_of(first, "/activate"), NULL, 405, "E_INVALID", "not allowed");
    (void)administer(target_of("ease-000000000000", "/activate"), "", 404);
    assert_problem(404, "E_NOTFOUND", "no version");
    (void)administer(target_of("slim", "/rollback"), "", 404);
    assert_problem(404, "E_NOTFOUND", "no model is called");
    (void)administer(target_of("%2e%2e%5cease", "/activate"), "", 404);
    assert_problem(404, "E_NOTFOUND", "there is no");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_listed_by_the_page),
        cmocka_unit_test(each_has_a_card),
        cmocka_unit_test(one_is_put_in_service),
        cmocka_unit_test(what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, start, api_stop);
}
