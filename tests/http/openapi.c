/* The API's description: every reference in it leads somewhere, every operation has a name of its
 * own and declares what stands in its path, bodies that the tests send are what it says; and the
 * checker of schemas itself finds what is wrong.
 */
#include "http/api.h"

static json_t *whole;

static int start(void **state)
{
    if (api_start(state) != 0)
        return -1;
    whole = json_incref((json_t *)(uintptr_t)get("/api/v1/openapi.json"));
    return 0;
}

static int stop(void **state)
{
    json_decref(whole);
    return api_stop(state);
}

/* Calls seen for each object inside. */
static void walk(const json_t *value, void (*seen)(const json_t *object))
{
    const char *name;
    json_t *member;

    for (size_t i = 0; i < json_array_size(value); i++)
        walk(json_array_get(value, i), seen);
    if (!json_is_object(value))
        return;
    seen(value);
    json_object_foreach((json_t *)(uintptr_t)value, name, member) walk(member, seen);
}

static int references;

static void leads_somewhere(const json_t *object)
{
    const char *path = json_string_value(json_object_get(object, "$ref"));
    const json_t *at = whole;

    if (path == NULL)
        return;
    references++;
    assert_int_equal(strncmp(path, "#/", 2), 0);
    for (path += 1; *path == '/';) {
        const size_t length = strcspn(path + 1, "/");
        char part[80];

        (void)snprintf(part, sizeof part, "%.*s", (int)length, path + 1);
        at = json_object_get(at, part);
        path += 1 + length;
    }
    if (at == NULL)
        fail_msg("%s leads nowhere", json_string_value(json_object_get(object, "$ref")));
}

static void every_reference_leads_somewhere(void **state)
{
    (void)state;
    assert_string_equal(text(whole, "openapi"), "3.1.0");
    walk(whole, leads_somewhere);
    assert_true(references > 60);
}

static void every_operation_declares_its_path(void **state)
{
    const char *path, *method;
    json_t *operations, *operation;
    char names[2000] = " ";

    (void)state;
    json_object_foreach((json_t *)(uintptr_t)member(whole, "paths"), path, operations)
    {
        json_object_foreach(operations, method, operation)
        {
            const json_t *parameters = member(operation, "parameters");
            char own[80];
            size_t braces = 0, declared = 0;

            for (const char *at = path; (at = strchr(at, '{')) != NULL; at++)
                braces++;
            for (size_t i = 0; i < json_array_size(parameters); i++) {
                const json_t *in = json_object_get(json_array_get(parameters, i), "in");

                declared += in != NULL && strcmp(json_string_value(in), "path") == 0;
            }
            assert_int_equal(braces, declared);
            (void)snprintf(own, sizeof own, " %s ", text(operation, "operationId"));
            assert_null(strstr(names, own));
            (void)strncat(names, own + 1, sizeof names - strlen(names) - 1);
            assert_true(strlen(text(operation, "summary")) > 5);
        }
    }
    assert_null(json_object_get(member(whole, "paths"), "/metrics"));
}

static bool holds(const char *name, const char *body)
{
    json_t *value = json_loads(body, JSON_DECODE_ANY, NULL);
    char where[SCHEMA_WHERE] = "";
    const bool held = schema_holds(member(whole, "components"), name, value, where);

    assert_non_null(value);
    json_decref(value);
    return held;
}

static void bodies_are_described(void **state)
{
    (void)state;
    assert_true(holds("ListRequest", "{\"user\":6,\"limit\":100,\"seen\":\"hide\",\"exclude\":[1],"
                                     "\"filter\":\"year > 1990\",\"diversity\":0.5,"
                                     "\"calibrate\":true,\"edits\":[{\"movie\":1,\"weight\":0}]}"));
    assert_true(holds("ListRequest",
                      "{\"household\":{\"rule\":\"fairness\",\"members\":[{\"user\":1},"
                      "{\"name\":\"Ana\",\"history\":[{\"movie\":1,\"rating\":5}]}]}}"));
    assert_true(holds("FeedbackRequest",
                      "{\"events\":[{\"event_id\":\"x\",\"type\":\"click\",\"item\":1}]}"));
    assert_true(holds("ListRequest", "{\"user\":\"6\",\"exclude\":[1,\"2\"]}"));
    assert_false(holds("ListRequest", "{\"user\":6.5}"));
    assert_false(holds("ListRequest", "{\"limit\":101}"));
    assert_false(holds("ListRequest", "{\"diversity\":-1}"));
    assert_false(holds("ListRequest", "{\"seen\":\"maybe\"}"));
    assert_false(holds("ListRequest", "{\"nonsense\":1}"));
    assert_false(holds("ListRequest", "{\"history\":[{\"movie\":1}]}"));
    assert_true(holds("ListRequest", "{\"history\":[{\"movie\":1,\"kind\":\"clicked\"}]}"));
    assert_false(
        holds("ListRequest", "{\"history\":[{\"movie\":1,\"kind\":\"clicked\",\"rating\":5}]}"));
    assert_false(holds("ListRequest", "{\"exclude\":[1,null]}"));
    assert_false(holds("ExplanationRequest", "{\"user\":6}"));
    assert_false(holds("FeedbackRequest", "{\"events\":[{\"type\":\"click\"}]}"));
    assert_false(holds("Nonsense", "{}"));
}

static void people_can_read_it(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/api/v1/docs", NULL), 200);
    assert_string_equal(api.exchange.answer_type, "text/html; charset=utf-8");
    for (size_t i = 0; reel__route_at(i) != NULL; i++) {
        const char *path = reel__route_at(i)->path;

        if (reel__route_at(i)->door != REEL_DOOR_ADMIN && reel__route_at(i)->name != NULL &&
            strchr(path, '{') == NULL)
            assert_non_null(strstr(api.exchange.answer.data, path));
    }
    assert_non_null(strstr(api.exchange.answer.data, "id=\"ListRequest\""));
    assert_null(strstr(api.exchange.answer.data, "<script"));
    assert_null(strstr(api.exchange.answer.data, "http://"));
    assert_null(strstr(api.exchange.answer.data, "https://"));
    assert_int_equal(ask("GET", "/api/v1/docs.css", NULL), 200);
    assert_string_equal(api.exchange.answer_type, "text/css; charset=utf-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_leads_somewhere),
        cmocka_unit_test(every_operation_declares_its_path),
        cmocka_unit_test(bodies_are_described),
        cmocka_unit_test(people_can_read_it),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
