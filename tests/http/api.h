/* http/api.h - the API over the small world of support/world.h, without a socket: ask() runs one
 * exchange, assert_shape() says exactly which members an object has.
 * Threads: one thread at a time.
 */
#ifndef TESTS_HTTP_API_H
#define TESTS_HTTP_API_H

#include <math.h>

#include "http/routes.h"
#include "service/engine/overlay.h"
#include "support/schema.h"
#include "support/world.h"

#define MOVIE_SHAPE "movie:i title:s year:i? genres:a poster:s? generated_poster:s rating:o "
#define ITEM_SHAPE                                                                                 \
    MOVIE_SHAPE "rank:i score:n baseline:n predicted_rating:n? predicted_rating_interval:a? "      \
                "reasons:a terms:a other:n rules:a"
#define LIST_SHAPE                                                                                 \
    "id:s model:o basis:s user:i? source_movie:i? scenario:s? items:a removed:o next:s?"

static struct {
    reel_store *store;
    reel_overlay *overlay;
    reel_engine *engine;
    reel_session *session;
    reel_app app;
    reel_caller caller;     /* who asks; zeroed: nobody */
    reel_client client;     /* and from where; zeroed: it is not known */
    reel_exchange exchange; /* of the last question */
    json_t *json;           /* its answer, or NULL */
} api;

static inline int api_start(void **state)
{
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    (void)world_load("folder", "reel.db", 1);
    opts = world_opts(temp_path("reel.db"));
    assert_ok(reel__engine_open_store(&api.store, &opts, &err));
    assert_ok(reel__overlay_open(&api.overlay, api.store, NULL, &err));
    api.engine = world_open_over("reel.db", api.store, api.overlay);
    api.session = world_session(api.engine);
    api.app.engine = api.engine;
    api.app.auth = REEL_AUTH_OPEN;
    assert_ok(reel__feedback_open_over(&api.app.feedback, api.overlay, &err));
    reel__exchange_init(&api.exchange);
    return 0;
}

static inline int api_stop(void **state)
{
    (void)state;
    json_decref(api.json);
    reel__exchange_fini(&api.exchange);
    reel__feedback_close(api.app.feedback);
    reel__session_free(api.session);
    reel__engine_close(api.engine);
    reel__overlay_close(api.overlay);
    reel__engine_close_store(api.store);
    return 0;
}

/* The body of the last answer. */
static inline const char *answer_text(size_t *length)
{
    const reel_exchange *x = &api.exchange;

    *length = x->fixed != NULL ? x->fixed_length : x->answer.length;
    return x->fixed != NULL ? x->fixed : x->answer.data != NULL ? x->answer.data : "";
}

static inline void begin(const char *method, const char *target)
{
    reel_err err = {0};

    json_decref(api.json);
    api.json = NULL;
    reel__exchange_fini(&api.exchange);
    reel__exchange_init(&api.exchange);
    (void)snprintf(api.exchange.request_id, sizeof api.exchange.request_id, "0123456789abcdef");
    api.exchange.method = method;
    api.exchange.caller = api.caller;
    if (api.client.text[0] != '\0')
        api.exchange.client = api.client;
    assert_ok(reel__exchange_target(&api.exchange, target, &err));
}

/* What is made while it is sent becomes the answer; a watch, which never ends, does not. */
static inline void drain_source(void)
{
    reel_exchange *x = &api.exchange;

    if (x->source.self == NULL || strcmp(x->answer_type, "application/json") != 0)
        return;
    for (size_t before = SIZE_MAX; x->answer.length != before && !x->answer.failed;) {
        reel_buf piece;

        reel__buf_init(&piece, REEL_HTTP_ANSWER_MAX);
        before = x->answer.length;
        (void)x->source.next(x->source.self, &piece, NULL);
        if (piece.failed)
            x->answer.failed = true;
        else if (piece.length > 0)
            reel__buf_append(&x->answer, piece.data, piece.length);
        reel__buf_fini(&piece);
    }
}

/* Run it and read the answer, when it is JSON. Returns the status. */
static inline int handle(void)
{
    reel_err err = {0};
    const char *text;
    size_t length;

    reel__exchange_handle(&api.exchange, &api.app, api.session);
    assert_false(api.exchange.pending);
    drain_source();
    text = answer_text(&length);
    if (api.exchange.answer_type != NULL && strstr(api.exchange.answer_type, "json") != NULL)
        assert_ok(reel__json_parse(&api.json, text, length, 16, &err));
    return api.exchange.status;
}

/* body NULL: none. */
static inline int ask(const char *method, const char *target, const char *body)
{
    begin(method, target);
    if (body != NULL) {
        api.exchange.body = body;
        api.exchange.body_length = strlen(body);
        api.exchange.content_type = "application/json; charset=utf-8";
    }
    return handle();
}

/* The answer is what the API's description says of the route (or of problems). */
static inline void assert_described(const char *method)
{
    static json_t *components; /* kept for all tests of a program */
    const char *text = reel__openapi_components();
    const char *schema = api.exchange.status < 300 ? NULL : "Problem";
    reel_err err = {0};
    char where[SCHEMA_WHERE] = "";

    if (components == NULL)
        assert_ok(reel__json_parse(&components, text, strlen(text), 32, &err));
    for (size_t i = 0; schema == NULL && reel__route_at(i) != NULL; i++)
        if (strcmp(reel__route_at(i)->path, api.exchange.route) == 0 &&
            strcmp(reel__route_at(i)->method, method) == 0)
            schema = reel__route_at(i)->answer;
    if (schema != NULL && !schema_holds(components, schema, api.json, where))
        fail_msg("%s %s: %s is not described so", method, api.exchange.route, where);
}

/* A 200 answer, borrowed until the next question. */
static inline const json_t *got(const char *method, const char *target, const char *body)
{
    const int status = ask(method, target, body);

    if (status != 200)
        fail_msg("%s %s: %d %s", method, target, status,
                 api.json == NULL ? "" : json_string_value(json_object_get(api.json, "detail")));
    assert_string_equal(api.exchange.answer_type, "application/json");
    assert_described(method);
    return api.json;
}

static inline const json_t *get(const char *target)
{
    return got("GET", target, NULL);
}

static inline const json_t *post(const char *target, const char *body)
{
    return got("POST", target, body);
}

static inline const json_t *member(const json_t *object, const char *name)
{
    const json_t *found = json_object_get(object, name);

    if (found == NULL)
        fail_msg("no member %s", name);
    return found;
}

static inline int64_t integer(const json_t *object, const char *name)
{
    return json_integer_value(member(object, name));
}

static inline double number(const json_t *object, const char *name)
{
    return json_number_value(member(object, name));
}

static inline const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(member(object, name));

    return value == NULL ? "(no text)" : value;
}

static inline bool has_type(const json_t *value, const char *type)
{
    if (json_is_null(value))
        return type[1] == '?';
    switch (type[0]) {
    case 'i':
        return json_is_integer(value);
    case 'n':
        return json_is_number(value);
    case 's':
        return json_is_string(value);
    case 'b':
        return json_is_boolean(value);
    case 'a':
        return json_is_array(value);
    default:
        return json_is_object(value);
    }
}

/* spec: "name:type ...", each member once and no other; type i n s b a o, with ? also null. */
static inline void assert_shape(const json_t *object, const char *spec)
{
    size_t members = 0;

    assert_true(json_is_object(object));
    while (*spec != '\0') {
        char name[40];
        const size_t length = strcspn(spec, ":");
        const char *type = spec + length + 1;

        assert_true(length < sizeof name);
        memcpy(name, spec, length);
        name[length] = '\0';
        if (!has_type(member(object, name), type))
            fail_msg("%s is of another type than %.2s", name, type);
        members++;
        spec = type + strcspn(type, " ");
        spec += strspn(spec, " ");
    }
    if (json_object_size(object) != members)
        fail_msg("%zu members where %zu are expected", json_object_size(object), members);
}

static inline void assert_each(const json_t *array, const char *spec)
{
    assert_true(json_is_array(array));
    for (size_t i = 0; i < json_array_size(array); i++)
        assert_shape(json_array_get(array, i), spec);
}

/* A problem answer (RFC 9457) whose detail says part. */
static inline void assert_problem(int status, const char *code, const char *part)
{
    assert_int_equal(api.exchange.status, status);
    assert_string_equal(api.exchange.answer_type, "application/problem+json");
    assert_shape(api.json, json_object_get(api.json, "errors") == NULL
                               ? "type:s title:s status:i detail:s instance:s code:s request_id:s"
                               : "type:s title:s status:i detail:s instance:s code:s request_id:s "
                                 "errors:a");
    assert_int_equal(integer(api.json, "status"), status);
    assert_string_equal(text(api.json, "type"), "about:blank");
    assert_string_equal(text(api.json, "code"), code);
    assert_string_equal(text(api.json, "request_id"), "0123456789abcdef");
    assert_string_equal(text(api.json, "instance"), api.exchange.path);
    if (strstr(text(api.json, "detail"), part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text(api.json, "detail"), part);
}

static inline void refuses(const char *method, const char *target, const char *body, int status,
                           const char *code, const char *part)
{
    (void)ask(method, target, body);
    assert_problem(status, code, part);
    assert_described(method);
}

/* The problem says of a mistake where it is: "#/history/0/rating", or a parameter's name. */
static inline void assert_points(const char *where)
{
    const json_t *errors = member(api.json, "errors");
    const char *name = where[0] == '#' ? "pointer" : "parameter";

    assert_true(json_array_size(errors) > 0);
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const char *own = json_string_value(json_object_get(json_array_get(errors, i), name));

        if (own != NULL && strcmp(own, where) == 0)
            return;
    }
    fail_msg("\"%s\" does not point at %s", text(api.json, "detail"), where);
}

/* Members of reasons that sum to the score, in the order of their size. */
static inline void assert_sums(const json_t *item)
{
    const json_t *reasons = member(item, "reasons");
    const double score = number(item, "score");
    double sum = number(item, "baseline") + number(item, "other"), before = (double)INFINITY;

    assert_each(reasons, "movie:i title:s rating:n? contribution:n");
    assert_each(member(item, "terms"), "term:s contribution:n");
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const double part = number(json_array_get(reasons, i), "contribution");

        assert_true(fabs(part) <= before);
        before = fabs(part);
        sum += part;
    }
    if (!(fabs(sum - score) <= 1e-5 * fmax(1, fabs(score))))
        fail_msg("the parts of %s add up to %.9g, not to %.9g", text(item, "title"), sum, score);
}

/* Everything a list promises. Returns how many films it has. */
static inline size_t assert_list(const json_t *list)
{
    const json_t *items = member(list, "items");
    double before = (double)INFINITY;

    assert_shape(list, LIST_SHAPE);
    assert_shape(member(list, "model"), "name:s id:s data_hash:s");
    assert_shape(member(list, "removed"), "seen:i exclude:i filter:i");
    assert_each(items, ITEM_SHAPE);
    assert_int_equal(strncmp(text(list, "id"), "r_", 2), 0);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);

        assert_int_equal(integer(item, "rank"), i + 1);
        assert_true(number(item, "score") <= before);
        before = number(item, "score");
        assert_sums(item);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(integer(json_array_get(items, k), "movie"),
                                 integer(item, "movie"));
    }
    return json_array_size(items);
}

/* The film's item in a list, or NULL. */
static inline const json_t *item_of(const json_t *list, int64_t movie)
{
    const json_t *items = member(list, "items");

    for (size_t i = 0; i < json_array_size(items); i++)
        if (integer(json_array_get(items, i), "movie") == movie)
            return json_array_get(items, i);
    return NULL;
}

#endif
