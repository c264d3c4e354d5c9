/* What people give through the API: it is in the next list, comes back, can be taken away,
 * imported, exported and merged; and nobody gives for somebody else.
 */
#include "data/signals.h"
#include "http/api.h"
#include "service/engine/overlay.h"
#include "service/engine/state.h"
#include "store/accounts.h"

#define RATED_SHAPE MOVIE_SHAPE "your_rating:n? kind:s time:s? weight:i"

static int64_t account; /* as a person; asked about by an admin in these tests */

static void as_admin(bool yes)
{
    api.caller = yes ? (reel_caller){REEL_CALLER_ACCOUNT, 1000,  REEL_ROLE_ADMIN,
                                     REEL_SCOPES_ALL,     false, false}
                     : (reel_caller){.kind = REEL_CALLER_NOBODY};
}

static const char *path_of(int64_t person, const char *rest)
{
    static char path[200];

    (void)snprintf(path, sizeof path, "/api/v1/people/%lld%s", (long long)person, rest);
    return path;
}

static const json_t *put(int64_t person, const char *rest, const char *body)
{
    const json_t *rated = got("PUT", path_of(person, rest), body);

    assert_shape(rated, RATED_SHAPE);
    return rated;
}

static int64_t first_of_list(int64_t person, const char *basis)
{
    char target[100];
    const json_t *list;

    (void)snprintf(target, sizeof target, "/api/v1/recommendations?user=%lld&model=ease",
                   (long long)person);
    list = get(target);
    assert_string_equal(text(list, "basis"), basis);
    return integer(json_array_get(member(list, "items"), 0), "movie");
}

static void a_rating_is_in_the_next_list(void **state)
{
    const int64_t first = first_of_list(6, "trained");
    char rest[60];
    const json_t *rated;

    (void)state;
    (void)snprintf(rest, sizeof rest, "/ratings/%lld", (long long)first);
    refuses("GET", path_of(6, rest), NULL, 404, "E_NOTFOUND", "nothing");
    rated = put(6, rest, "{\"rating\":4.5}");
    assert_true(number(rated, "your_rating") == 4.5);
    assert_string_equal(text(rated, "kind"), "rating");
    assert_int_not_equal(first_of_list(6, "fold_in"), first);
    rated = get(path_of(6, rest));
    assert_shape(rated, RATED_SHAPE);
    assert_true(number(rated, "your_rating") == 4.5);
    rated = put(6, rest, "{\"rating\":1}"); /* in the place of that */
    assert_true(number(get(path_of(6, rest)), "your_rating") == 1);
    assert_int_equal(ask("DELETE", path_of(6, rest), NULL), 204);
    assert_int_equal(ask("DELETE", path_of(6, rest), NULL), 204); /* no less gone */
    assert_int_equal(first_of_list(6, "trained"), first);
    refuses("GET", path_of(6, rest), NULL, 404, "E_NOTFOUND", "nothing");
}

/* How far the reasons of a person's list name a film: its contribution to the first of it. */
static double reason_of(int64_t person, int64_t movie)
{
    char target[120];
    const json_t *reasons;

    (void)snprintf(target, sizeof target,
                   "/api/v1/recommendations?user=%lld&model=ease&reasons=16&limit=1",
                   (long long)person);
    reasons = member(json_array_get(member(get(target), "items"), 0), "reasons");
    for (size_t i = 0; i < json_array_size(reasons); i++)
        if (integer(json_array_get(reasons, i), "movie") == movie)
            return number(json_array_get(reasons, i), "contribution");
    return 0;
}

/* Kept until it is said otherwise, for a rating that was loaded and for one that was given since.
 */
static void a_rating_is_not_used_or_counts_double(void **state)
{
    const json_t *first = json_array_get(member(get(path_of(6, "/ratings")), "items"), 0);
    const int64_t movie = integer(first, "movie");
    const double rating = number(first, "your_rating"), once = reason_of(6, movie);
    char rest[60];

    (void)state;
    (void)snprintf(rest, sizeof rest, "/ratings/%lld", (long long)movie);
    assert_true(once > 0);
    assert_int_equal(integer(get(path_of(6, rest)), "weight"), 1);
    assert_int_equal(integer(put(6, rest, "{\"weight\":0}"), "weight"), 0);
    assert_true(number(get(path_of(6, rest)), "your_rating") == rating);
    assert_int_equal(integer(get(path_of(6, rest)), "weight"), 0);
    first = json_array_get(member(get(path_of(6, "/ratings")), "items"), 0);
    assert_int_equal(integer(first, "weight"), 0);
    assert_true(reason_of(6, movie) == 0);
    assert_int_not_equal(first_of_list(6, "fold_in"), movie); /* it was seen all the same */
    (void)put(6, rest, "{\"weight\":2}");
    assert_true(fabs(reason_of(6, movie) - once) > 1e-4);
    (void)put(6, rest, "{\"rating\":2,\"weight\":2}");
    assert_int_equal(integer(get(path_of(6, rest)), "weight"), 2);
    (void)put(6, rest, "{\"rating\":2}"); /* another statement, which counts once */
    assert_int_equal(integer(get(path_of(6, rest)), "weight"), 1);
    assert_int_equal(ask("DELETE", path_of(6, rest), NULL), 204);
    refuses("PUT", path_of(6, rest), "{\"weight\":2}", 422, "E_INVALID", "give a rating, too");
}

static void kinds_are_told_apart(void **state)
{
    const int64_t first = first_of_list(12, "trained");
    char rest[60];
    const json_t *page;

    (void)state;
    (void)snprintf(rest, sizeof rest, "/ratings/%lld", (long long)first);
    assert_true(
        json_is_null(member(put(12, rest, "{\"kind\":\"not_interested\"}"), "your_rating")));
    assert_int_not_equal(first_of_list(12, "fold_in"), first);
    page = get(path_of(12, "/ratings?kind=not_interested"));
    assert_each(member(page, "items"), RATED_SHAPE);
    assert_int_equal(json_array_size(member(page, "items")), 1);
    (void)put(12, rest, "{\"kind\":\"watchlist\"}");
    (void)first_of_list(12, "fold_in");
    page = get(path_of(12, "/ratings?kind=watchlist"));
    assert_int_equal(integer(json_array_get(member(page, "items"), 0), "movie"), first);
    (void)put(12, rest, "{\"kind\":\"liked\"}");
    (void)first_of_list(12, "fold_in");
    refuses("PUT", path_of(12, rest), "{\"kind\":\"watchlist\"}", 409, "E_CONFLICT", "seen");
    refuses("GET", path_of(12, "/ratings?kind=loved"), NULL, 422, "E_INVALID", "kind");
    assert_int_equal(ask("DELETE", path_of(12, rest), NULL), 204);
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *body;
        int status;
        const char *code, *part;
    } bodies[] = {
        {"{}", 422, "E_INVALID", "rating"},
        {"[]", 422, "E_INVALID", "object"},
        {"{\"rating\":", 400, "E_SYNTAX", ""},
        {"{\"rating\":\"5\"}", 422, "E_INVALID", "rating"},
        {"{\"rating\":9}", 422, "E_INVALID", "from 1 to 5"},
        {"{\"rating\":2.3}", 422, "E_INVALID", "half"},
        {"{\"kind\":\"removed\"}", 422, "E_INVALID", "kind"},
        {"{\"kind\":\"rating\"}", 422, "E_INVALID", "missing"},
        {"{\"kind\":\"liked\",\"rating\":4}", 422, "E_INVALID", "rating"},
        {"{\"rating\":4,\"weight\":3}", 422, "E_INVALID", "weight: expected 0"},
        {"{\"weight\":-1}", 422, "E_INVALID", "weight"},
        {"{\"rating\":4,\"weight\":\"0\"}", 422, "E_INVALID", "weight"},
        {"{\"kind\":\"watchlist\",\"weight\":2}", 422, "E_INVALID", "no evidence"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        refuses("PUT", path_of(6, "/ratings/11"), bodies[i].body, bodies[i].status, bodies[i].code,
                bodies[i].part);
    refuses("PUT", path_of(6, "/ratings/12345"), "{\"rating\":4}", 404, "E_NOTFOUND", "12345");
    refuses("PUT", path_of(5, "/ratings/11"), "{\"rating\":4}", 404, "E_NOTFOUND", "person");
    refuses("PUT", path_of(6, "/ratings/x"), "{\"rating\":4}", 404, "E_NOTFOUND", "no");
    refuses("DELETE", path_of(5, "/ratings/11"), NULL, 404, "E_NOTFOUND", "person");
    refuses("POST", path_of(6, "/ratings/11"), "{}", 405, "E_INVALID", "PUT");
}

static const json_t *imported_as(int64_t person, const char *end, const char *csv, int status)
{
    begin("POST", path_of(person, end));
    api.exchange.body = csv;
    api.exchange.body_length = strlen(csv);
    api.exchange.content_type = "text/csv";
    assert_int_equal(handle(), status);
    assert_described("POST");
    return api.json;
}

static const json_t *imported(int64_t person, const char *csv, int status)
{
    return imported_as(person, "/ratings:import", csv, status);
}

/* Letterboxd's lists have the same columns: what a film is to the person, the file's name says. */
static void the_name_of_a_file_says_what_its_films_are(void **state)
{
    static const char csv[] = "Date,Name,Year,Letterboxd URI\n2020-01-02,Heat,1995,u\n";
    static const struct {
        const char *end, *kind;
    } files[] = {
        {"/ratings:import?file=letterboxd-ana/watchlist.csv", "watchlist"},
        {"/ratings:import?file=not-a-watchlist.csv", "watched"},
        {"/ratings:import?file=likes%2Ffilms.csv", "liked"},
        {"/ratings:import?file=%22%01%c3%a9", "watched"},
        {"/ratings:import?file=", "watched"},
        {"/ratings:import", "watched"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(ask("DELETE", path_of(18, "/ratings/31"), NULL), 204);
        assert_int_equal(integer(imported_as(18, files[i].end, csv, 200), "taken"), 1);
        assert_string_equal(text(get(path_of(18, "/ratings/31")), "kind"), files[i].kind);
    }
    (void)imported_as(18, "/ratings:import?file=%22%01%c3%a9", "what is this?\n", 422);
    assert_int_equal(ask("DELETE", path_of(18, "/ratings/31"), NULL), 204);
}

static void an_export_of_elsewhere_is_taken(void **state)
{
    static const char csv[] = "Date,Name,Year,Letterboxd URI,Rating\n"
                              "2020-01-02,Heat,1995,u,4.5\n"
                              "2020-01-03,Heat,1995,u,3\n"
                              "2020-01-02,Wings,1927,u,2\n"
                              "2020-01-02,Toy Stry,1995,u,5\n";
    const json_t *report, *items;

    (void)state;
    assert_int_equal(ask("DELETE", path_of(18, "/ratings/31"), NULL), 204);
    (void)put(18, "/ratings/281", "{\"rating\":5}");
    report = imported(18, csv, 200);
    assert_int_equal(integer(report, "rows"), 4);
    assert_int_equal(integer(report, "taken"), 1);
    assert_int_equal(integer(report, "kept"), 1);
    assert_int_equal(integer(report, "repeated"), 1);
    assert_int_equal(integer(report, "unmatched"), 1);
    items = member(report, "items");
    assert_each(items, "line:i title:s? kind:s rating:n? status:s movie:i? reason:s? candidates:a");
    assert_string_equal(text(json_array_get(items, 0), "status"), "repeated");
    assert_string_equal(text(json_array_get(items, 1), "status"), "taken");
    assert_int_equal(integer(json_array_get(items, 1), "movie"), 31);
    assert_string_equal(text(json_array_get(items, 2), "status"), "kept"); /* rated later */
    assert_string_equal(text(json_array_get(items, 3), "status"), "unmatched");
    assert_int_equal(
        integer(json_array_get(member(json_array_get(items, 3), "candidates"), 0), "movie"), 1);
    assert_true(number(get(path_of(18, "/ratings/31")), "your_rating") == 3);
    assert_true(number(get(path_of(18, "/ratings/281")), "your_rating") == 5);
    /* sent again, it changes nothing */
    assert_int_equal(integer(imported(18, csv, 200), "taken"), 0);
    assert_int_equal(integer(api.json, "kept"), 2);
    assert_true(number(get(path_of(18, "/ratings/31")), "your_rating") == 3);
    (void)imported(18, "what is this?\n", 422);
    (void)imported(18, "", 422);
    (void)imported(18, "PK\x03\x04zip", 422);
    (void)imported(5, csv, 404);
    begin("POST", path_of(18, "/ratings:import"));
    api.exchange.body = csv;
    api.exchange.body_length = sizeof csv - 1;
    api.exchange.content_type = "text/plain"; /* what a form of another site could send */
    assert_int_equal(handle(), 415);
}

static int64_t weight_in(int64_t person, int64_t movie)
{
    char end[40];

    (void)snprintf(end, sizeof end, "/ratings/%lld", (long long)movie);
    return integer(get(path_of(person, end)), "weight");
}

/* The same file, but that film 281 counts once. */
static const char *swapped(char *csv)
{
    char *weight = strchr(strstr(csv, "\n281,") + 1, '\n') - 1;

    assert_int_equal(*weight, '0');
    *weight = '1';
    return csv;
}

/* What is exported can be imported, and is the same. */
static void an_export_comes_back(void **state)
{
    const json_t *items;
    json_t *before;
    static char csv[1 << 16];
    const char *answer;
    size_t length, count;

    (void)state;
    (void)put(24, "/ratings/291", "{\"kind\":\"watchlist\"}");
    (void)put(24, "/ratings/281", "{\"rating\":3,\"weight\":0}");
    (void)put(24, "/ratings/271", "{\"kind\":\"liked\",\"weight\":2}");
    items = member(get(path_of(24, "/ratings/export")), "items");
    assert_each(items,
                "movie:i title:s year:i? imdb_id:s? tmdb_id:i? kind:s rating:n? time:s? weight:i");
    before = json_deep_copy(items);
    count = json_array_size(items);
    assert_int_equal(ask("GET", path_of(24, "/ratings/export?format=csv"), NULL), 200);
    assert_string_equal(api.exchange.answer_type, "text/csv; charset=utf-8");
    answer = answer_text(&length);
    assert_true(length < sizeof csv);
    memcpy(csv, answer, length);
    csv[length] = '\0';
    assert_non_null(strstr(csv, "movieId,title,year,imdbId,tmdbId,kind,rating,time,weight\n"));
    as_admin(true);
    assert_int_equal(integer(imported(account, csv, 200), "taken"), count);
    assert_true(json_equal(before, member(get(path_of(account, "/ratings/export")), "items")));
    json_decref(before);
    assert_int_equal(weight_in(account, 281), 0);
    assert_int_equal(weight_in(account, 271), 2);
    /* sent again, it changes nothing; another weight does */
    assert_int_equal(integer(imported(account, csv, 200), "taken"), 0);
    assert_int_equal(integer(imported(account, swapped(csv), 200), "taken"), 1);
    assert_int_equal(weight_in(account, 281), 1);
    as_admin(false);
    refuses("GET", path_of(24, "/ratings/export?format=xml"), NULL, 422, "E_INVALID", "format");
    refuses("GET", path_of(5, "/ratings/export"), NULL, 404, "E_NOTFOUND", "person");
}

static void a_history_becomes_an_accounts(void **state)
{
    const json_t *merged;

    (void)state;
    as_admin(true);
    (void)put(account, "/ratings/1", "{\"rating\":2}");
    (void)put(account, "/ratings/291", "{\"kind\":\"not_interested\"}");
    assert_int_equal(ask("DELETE", path_of(account, "/ratings/11"), NULL), 204);
    merged = post(path_of(account, "/merge"),
                  "{\"history\":[{\"movie\":1,\"rating\":5},{\"movie\":11,\"rating\":4},"
                  "{\"movie\":291,\"rating\":4}]}");
    assert_shape(merged, "taken:i kept:i");
    assert_int_equal(integer(merged, "taken"), 1);
    assert_int_equal(integer(merged, "kept"), 2);
    assert_true(number(get(path_of(account, "/ratings/1")), "your_rating") == 2);
    assert_true(number(get(path_of(account, "/ratings/11")), "your_rating") == 4);
    refuses("POST", path_of(account, "/merge"), "{}", 422, "E_INVALID", "history");
    refuses("POST", path_of(account, "/merge"), "{\"history\":[{\"movie\":2,\"rating\":5}]}", 422,
            "E_INVALID", "history[0]");
    refuses("POST", path_of(account, "/merge"), "{\"history\":[{\"movie\":1,\"rating\":50}]}", 422,
            "E_INVALID", "history[0]");
    as_admin(false);
}

/* Events that say what somebody thinks of a film are given by them. */
static void feedback_shapes_the_next_list(void **state)
{
    const int64_t first = first_of_list(27, "trained");
    char body[400];

    (void)state;
    for (int i = 0; i < 2; i++) {
        (void)snprintf(body, sizeof body,
                       "{\"events\":[{\"event_id\":\"0b7e8f9c-1111-4222-8333-01234567890%d\","
                       "\"type\":\"%s\",\"user\":27,\"movie\":%lld%s}]}",
                       i, i == 0 ? "not_interested" : "rating", (long long)first,
                       i == 0 ? "" : ",\"value\":5");
        assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 1);
        assert_int_not_equal(first_of_list(27, "fold_in"), first);
    }
    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"0b7e8f9c-1111-4222-8333-012345678903\","
                   "\"type\":\"rating\",\"user\":27,\"movie\":%lld,\"value\":1,"
                   "\"time\":\"2020-01-01T00:00:00Z\"}]}",
                   (long long)first); /* comes late: what was said since counts */
    assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 1);
    (void)snprintf(body, sizeof body, "/api/v1/people/27/ratings/%lld", (long long)first);
    assert_true(number(get(body), "your_rating") == 5);
}

/* What a training learned of a click is no rating that somebody gave. */
static void a_click_that_was_trained_on_is_no_rating(void **state)
{
    const int64_t first = first_of_list(30, "trained");
    char body[300];

    (void)state;
    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"0b7e8f9c-2222-4222-8333-012345678900\","
                   "\"type\":\"click\",\"user\":30,\"movie\":%lld}]}",
                   (long long)first);
    assert_int_equal(integer(post("/api/v1/feedback", body), "accepted"), 1);
    as_admin(true); /* a change of the films has the data read anew */
    assert_int_equal(ask("PUT", "/api/v1/movies/777", "{\"title\":\"The Long Night\"}"), 201);
    reel__session_free(api.session);
    reel__engine_close(api.engine);
    api.engine = world_open_over("reel.db", api.store, api.overlay);
    api.session = world_session(api.engine);
    api.app.engine = api.engine;
    assert_true(reel__dataset_signals(reel__engine_dataset(api.engine)).ptr != NULL);
    (void)snprintf(body, sizeof body, "/ratings/%lld", (long long)first);
    refuses("GET", path_of(30, body), NULL, 404, "E_NOTFOUND", "nothing");
    assert_string_equal(text(put(30, body, "{\"kind\":\"watchlist\"}"), "kind"), "watchlist");
    as_admin(false);
}

static int ask_as(reel_caller caller, reel_auth auth, const char *method, const char *target,
                  const char *body)
{
    api.app.auth = auth;
    begin(method, target);
    api.exchange.caller = caller;
    api.exchange.body = body;
    api.exchange.body_length = body == NULL ? 0 : strlen(body);
    api.exchange.content_type = "application/json";
    (void)handle();
    api.app.auth = REEL_AUTH_OPEN;
    return api.exchange.status;
}

static void nobody_gives_for_somebody_else(void **state)
{
    const unsigned scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK;
    const int64_t id = account - REEL_ACCOUNT_PERSON;
    const reel_caller nobody = {.kind = REEL_CALLER_NOBODY},
                      own = {REEL_CALLER_ACCOUNT, id, REEL_ROLE_PERSON, scopes, false, false},
                      other = {REEL_CALLER_ACCOUNT, id + 1, REEL_ROLE_PERSON, scopes, false, false},
                      admin = {REEL_CALLER_ACCOUNT, id + 1, REEL_ROLE_ADMIN,
                               REEL_SCOPES_ALL,     false,  false},
                      key = {REEL_CALLER_KEY, 0, REEL_ROLE_PERSON, scopes, false, false},
                      public_key = {REEL_CALLER_KEY, 0, REEL_ROLE_PERSON, scopes, true, false};
    const struct {
        reel_caller caller;
        reel_auth auth;
        int account, person; /* statuses for an account's film and one of the data set */
    } cases[] = {
        {nobody, REEL_AUTH_OPEN, 401, 200},     {nobody, REEL_AUTH_ACCOUNTS, 401, 401},
        {own, REEL_AUTH_ACCOUNTS, 200, 403},    {other, REEL_AUTH_ACCOUNTS, 403, 403},
        {admin, REEL_AUTH_ACCOUNTS, 200, 200},  {key, REEL_AUTH_ACCOUNTS, 403, 200},
        {public_key, REEL_AUTH_OPEN, 403, 403},
    };
    char event[300];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask_as(cases[i].caller, cases[i].auth, "PUT",
                                path_of(account, "/ratings/41"), "{\"rating\":3}"),
                         cases[i].account);
        assert_int_equal(ask_as(cases[i].caller, cases[i].auth, "PUT", path_of(30, "/ratings/41"),
                                "{\"rating\":3}"),
                         cases[i].person);
    }
    (void)snprintf(event, sizeof event,
                   "{\"events\":[{\"event_id\":\"0b7e8f9c-1111-4222-8333-012345678910\","
                   "\"type\":\"rating\",\"user\":%lld,\"movie\":51,\"value\":5}]}",
                   (long long)account);
    assert_int_equal(ask_as(other, REEL_AUTH_ACCOUNTS, "POST", "/api/v1/feedback", event), 403);
    assert_int_equal(ask_as(own, REEL_AUTH_ACCOUNTS, "POST", "/api/v1/feedback", event), 200);
    assert_int_equal(ask_as(own, REEL_AUTH_ACCOUNTS, "GET", path_of(account, "/ratings/51"), NULL),
                     200);
    /* A public key's events are kept, and shape nobody's lists. */
    assert_int_equal(ask_as(public_key, REEL_AUTH_ACCOUNTS, "POST", "/api/v1/feedback",
                            "{\"events\":[{\"event_id\":\"0b7e8f9c-1111-4222-8333-012345678911\","
                            "\"type\":\"not_interested\",\"user\":33,\"movie\":291}]}"),
                     200);
    assert_int_equal(
        json_array_size(member(get(path_of(33, "/ratings?kind=not_interested")), "items")), 0);
}

/* An event about one film, told by somebody; its status. */
static int tell(reel_caller caller, const char *type, int64_t person, int64_t movie,
                const char *rest)
{
    static int number;
    char body[400];

    (void)snprintf(body, sizeof body,
                   "{\"events\":[{\"event_id\":\"0b7e8f9c-3333-4222-8333-%012d\","
                   "\"type\":\"%s\",\"user\":%lld,\"movie\":%lld%s}]}",
                   ++number, type, (long long)person, (long long)movie, rest);
    return ask_as(caller, REEL_AUTH_ACCOUNTS, "POST", "/api/v1/feedback", body);
}

static size_t count_of(int64_t person, const char *rest)
{
    return json_array_size(member(get(path_of(person, rest)), "items"));
}

/* It is interest, and no statement: it is in the next list and nowhere else. */
static void a_click_is_in_the_next_list(void **state)
{
    const reel_caller key = {REEL_CALLER_KEY,     0,     REEL_ROLE_PERSON,
                             REEL_SCOPE_FEEDBACK, false, false};
    const int64_t first = first_of_list(36, "trained");
    const size_t rated = count_of(36, "/ratings?limit=100"),
                 exported = count_of(36, "/ratings/export");
    const int64_t ratings = integer(get(path_of(36, "")), "ratings");
    char rest[60];

    (void)state;
    (void)snprintf(rest, sizeof rest, "/ratings/%lld", (long long)first);
    assert_int_equal(tell(key, "impression", 36, first, ""), 200);
    (void)first_of_list(36, "trained");
    assert_int_equal(tell(key, "click", 36, first, ""), 200);
    (void)first_of_list(36, "fold_in");
    (void)first_of_list(39, "trained"); /* nobody else's */
    refuses("GET", path_of(36, rest), NULL, 404, "E_NOTFOUND", "nothing");
    assert_int_equal(count_of(36, "/ratings?limit=100"), rated);
    assert_int_equal(count_of(36, "/ratings?kind=watchlist"), 0);
    assert_int_equal(count_of(36, "/ratings/export"), exported);
    assert_int_equal(integer(get(path_of(36, "")), "ratings"), ratings);
    refuses("GET", path_of(36, "/ratings?kind=clicked"), NULL, 422, "E_INVALID", "kind");
    refuses("PUT", path_of(36, rest), "{\"kind\":\"clicked\"}", 422, "E_INVALID", "kind");
    refuses("PUT", path_of(36, rest), "{\"weight\":2}", 422, "E_INVALID", "nothing");
    assert_int_equal(ask("DELETE", path_of(36, rest), NULL), 204); /* nothing was said */
    (void)first_of_list(36, "fold_in");
    /* Said before the click and told late: it counts, and the click is there when that is gone. */
    assert_int_equal(
        tell(key, "rating", 36, first, ",\"value\":5,\"time\":\"2020-01-01T00:00:00Z\""), 200);
    assert_true(number(get(path_of(36, rest)), "your_rating") == 5);
    assert_int_equal(tell(key, "click", 36, first, ""), 200);
    assert_true(number(get(path_of(36, rest)), "your_rating") == 5);
    assert_int_equal(ask("DELETE", path_of(36, rest), NULL), 204);
    refuses("GET", path_of(36, rest), NULL, 404, "E_NOTFOUND", "nothing");
    (void)first_of_list(36, "fold_in");
}

/* Whoever may not give for a person changes nothing of their lists by clicks, either. */
static void clicks_of_others_change_no_list(void **state)
{
    const unsigned scopes = REEL_SCOPE_READ | REEL_SCOPE_FEEDBACK;
    const int64_t id = account - REEL_ACCOUNT_PERSON;
    const reel_caller nobody = {.kind = REEL_CALLER_NOBODY},
                      own = {REEL_CALLER_ACCOUNT, id, REEL_ROLE_PERSON, scopes, false, false},
                      other = {REEL_CALLER_ACCOUNT, id + 1, REEL_ROLE_PERSON, scopes, false, false},
                      public_key = {REEL_CALLER_KEY, 0, REEL_ROLE_PERSON, scopes, true, false};
    const int64_t first = first_of_list(39, "trained");

    (void)state;
    (void)tell(nobody, "click", 39, first, "");
    assert_int_equal(tell(other, "click", 39, first, ""), 200);
    assert_int_equal(tell(own, "trailer", 39, first, ""), 200);
    assert_int_equal(tell(public_key, "click", 39, first, ""), 200);
    (void)first_of_list(39, "trained");
    assert_int_equal(tell(other, "click", account, first, ""), 403);
    assert_int_equal(tell(own, "trailer", account, 51, ""), 200);
    as_admin(true);
    (void)first_of_list(account, "fold_in");
    as_admin(false);
}

/* The scores of a list for the history {film 1 with five stars} and one more entry, added. */
static double sum_with(const char *entry)
{
    const json_t *list, *items;
    double sum = 0;
    char body[300];

    (void)snprintf(body, sizeof body,
                   "{\"history\":[{\"movie\":1,\"rating\":5}%s],\"model\":\"ease\",\"limit\":29}",
                   entry);
    list = post("/api/v1/recommendations", body);
    assert_string_equal(text(list, "basis"), "fold_in");
    assert_int_equal(integer(member(list, "removed"), "seen"), 1); /* looked at is not seen */
    items = member(list, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        sum += number(json_array_get(items, i), "score");
    return sum;
}

/* Whoever is nobody brings along what they clicked, too; and it becomes an account's. */
static void a_history_has_clicks(void **state)
{
    static const struct {
        const char *entry;
        int status;
        const char *part;
    } wrong[] = {
        {"{\"movie\":11,\"kind\":\"clicked\",\"rating\":5}", 422, "history[0].rating: only kind"},
        {"{\"movie\":11,\"kind\":\"rating\"}", 422, "history[0].rating: must be given"},
        {"{\"movie\":11,\"kind\":\"liked\"}", 422, "history[0].kind"},
        {"{\"movie\":11,\"kind\":\"clicked\",\"weight\":-1}", 422, "weight"},
        {"{\"movie\":2,\"kind\":\"clicked\"}", 404, "history[0].movie"},
        {"{\"movie\":11,\"kind\":\"clicked\"},{\"movie\":11,\"rating\":4}", 422, "twice"},
    };
    const double none = sum_with(""), half = api.engine->signals.click;
    double once;
    char body[300];
    const json_t *list;

    (void)state;
    once = sum_with(",{\"movie\":31,\"kind\":\"clicked\"}");
    assert_true(fabs(once - none) > 1e-3);
    assert_true(fabs(sum_with(",{\"movie\":31,\"kind\":\"clicked\",\"weight\":2}") - none) >
                fabs(once - none));
    assert_true(sum_with(",{\"movie\":31,\"kind\":\"clicked\",\"weight\":0}") == none);
    api.engine->signals.click = 0; /* turned off */
    assert_true(sum_with(",{\"movie\":31,\"kind\":\"clicked\"}") == none);
    api.engine->signals.click = half;
    list = post("/api/v1/recommendations",
                "{\"history\":[{\"movie\":31,\"kind\":\"clicked\"}],\"model\":\"ease\"}");
    assert_string_equal(text(list, "basis"), "fold_in"); /* it is enough for a list */
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(body, sizeof body, "{\"history\":[%s]}", wrong[i].entry);
        refuses("POST", "/api/v1/recommendations", body, wrong[i].status,
                wrong[i].status == 404 ? "E_NOTFOUND" : "E_INVALID", wrong[i].part);
    }
    refuses("POST", "/api/v1/recommendations",
            "{\"user\":6,\"edits\":[{\"movie\":11,\"kind\":\"clicked\"}]}", 422, "E_INVALID",
            "kind");
    as_admin(true);
    assert_int_equal(ask("DELETE", path_of(account, "/ratings/61"), NULL), 204);
    list = post(
        path_of(account, "/merge"),
        "{\"history\":[{\"movie\":61,\"kind\":\"clicked\"},{\"movie\":1,\"kind\":\"clicked\"}]}");
    assert_int_equal(integer(list, "taken"), 2);
    refuses("GET", path_of(account, "/ratings/61"), NULL, 404, "E_NOTFOUND", "nothing");
    (void)get(path_of(account, "/ratings/1")); /* stays what it was */
    as_admin(false);
}

static int start(void **state)
{
    reel_account ana = {.name = "ana", .folded = "ana"};
    reel_err err = {0};

    if (api_start(state) != 0)
        return 1;
    assert_ok(reel__store_add_account(api.store, &ana, &err));
    account = REEL_ACCOUNT_PERSON + ana.id;
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rating_is_in_the_next_list),
        cmocka_unit_test(a_rating_is_not_used_or_counts_double),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(the_name_of_a_file_says_what_its_films_are),
        cmocka_unit_test(an_export_of_elsewhere_is_taken),
        cmocka_unit_test(an_export_comes_back),
        cmocka_unit_test(a_history_becomes_an_accounts),
        cmocka_unit_test(feedback_shapes_the_next_list),
        cmocka_unit_test(a_click_that_was_trained_on_is_no_rating),
        cmocka_unit_test(nobody_gives_for_somebody_else),
        cmocka_unit_test(a_click_is_in_the_next_list),
        cmocka_unit_test(clicks_of_others_change_no_list),
        cmocka_unit_test(a_history_has_clicks),
    };

    return cmocka_run_group_tests(tests, start, api_stop);
}
