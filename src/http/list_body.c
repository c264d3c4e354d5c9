/* list_body.c - what is asked for a list, as JSON: read from a body, and written where a list goes
 * on (list_next.c).
 */
#include "http/list_body.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/mistakes.h"

/* ---- reading ------------------------------------------------------------------------------- */

static reel_code read_kind(const json_t *entry, reel_given *out, reel_err *err)
{
    const char *kind = NULL;
    const reel_code rc = reel__json_get_text(entry, "kind", &kind, err);

    if (rc != REEL_OK)
        return rc;
    out->looked = kind != NULL && strcmp(kind, "clicked") == 0;
    if (kind != NULL && !out->looked && strcmp(kind, "rating") != 0)
        return reel_fail(err, REEL_E_INVALID, "kind: expected rating or clicked");
    if (out->looked == isnan(out->rating))
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID,
                     out->looked ? "rating: only kind rating has one" : "rating: must be given");
}

/* rated: of a history; an edit may leave the rating as it is. */
static reel_code read_given(const json_t *entry, bool rated, reel_given *out, reel_err *err)
{
    static const char *const of_histories[] = {"movie", "rating", "weight", "kind", NULL};
    static const char *const of_edits[] = {"movie", "rating", "weight", NULL};
    reel_code rc;

    *out = (reel_given){.movie = -1, .rating = (double)NAN, .weight = 1};
    REEL_TRY(reel__json_only(entry, rated ? of_histories : of_edits, err));
    REEL_TRY(reel__json_get_id(entry, "movie", &out->movie, err));
    REEL_TRY(reel__json_get_real(entry, "rating", &out->rating, err));
    REEL_TRY(reel__json_get_real(entry, "weight", &out->weight, err));
    if (out->movie < 0)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "movie: must be given"));
    if (rated)
        rc = read_kind(entry, out, err);
out:
    return rc;
}

reel_code reel__list_read_films(reel_given **out, size_t *count, const json_t *body,
                                const char *member, bool rated, reel_err *err)
{
    const json_t *list = json_object_get(body, member);
    const size_t length = json_array_size(list);

    if (list == NULL || json_is_null(list))
        return REEL_OK;
    if (!json_is_array(list))
        return reel_fail(err, REEL_E_INVALID, "%s: expected an array", member);
    if (length > REEL_HISTORY_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "%s: more than %d entries", member,
                         REEL_HISTORY_MAX);
    *out = reel__alloc_array(length, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %s of %zu entries", member, length);
    for (size_t i = 0; i < length; i++) {
        reel_err inner = {REEL_OK, ""};

        if (read_given(json_array_get(list, i), rated, &(*out)[i], &inner) != REEL_OK)
            return reel__mistake_within(err, &inner, "%s[%zu]", member, i);
    }
    *count = length;
    return REEL_OK;
}

static reel_code read_history(const json_t *body, reel_list_body *out, reel_err *err)
{
    const reel_code rc =
        reel__list_read_films(&out->given, &out->request.given_count, body, "history", true, err);

    out->request.given = out->given;
    return rc;
}

static reel_code read_edits(const json_t *body, reel_list_body *out, reel_err *err)
{
    const reel_code rc =
        reel__list_read_films(&out->edits, &out->request.edit_count, body, "edits", false, err);

    out->request.edits = out->edits;
    return rc;
}

static reel_code read_ids(const json_t *body, const char *member, int64_t **out, size_t *count,
                          reel_err *err)
{
    const json_t *list = json_object_get(body, member);
    const size_t length = json_array_size(list);

    if (list == NULL || json_is_null(list))
        return REEL_OK;
    if (!json_is_array(list) || length > REEL_EXCLUDE_MAX)
        return reel_fail(err, REEL_E_INVALID, "%s: expected an array of at most %d film ids",
                         member, REEL_EXCLUDE_MAX);
    *out = reel__alloc_array(length, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %s of %zu films", member, length);
    for (size_t i = 0; i < length; i++)
        if (!reel__json_id(json_array_get(list, i), &(*out)[i]))
            return reel_fail(err, REEL_E_INVALID, "%s[%zu]: expected a film id", member, i);
    *count = length;
    return REEL_OK;
}

static reel_code read_exclude(const json_t *body, reel_list_body *out, reel_err *err)
{
    const reel_code rc = read_ids(body, "exclude", &out->exclude, &out->request.exclude_count, err);

    out->request.exclude = out->exclude;
    return rc;
}

reel_code reel__list_set_seen(reel_request *request, const char *seen, reel_err *err)
{
    request->show_seen = strcmp(seen, "show") == 0;
    if (!request->show_seen && strcmp(seen, "hide") != 0)
        return reel_fail(err, REEL_E_INVALID, "seen: expected \"hide\" or \"show\"");
    return REEL_OK;
}

/* A name, or weights by name. */
static reel_code read_model(const json_t *body, reel_list_body *out, reel_err *err)
{
    json_t *model = json_object_get(body, "model"), *weight;
    reel_request *request = &out->request;
    const char *name;

    if (!json_is_object(model))
        return reel__json_get_text(body, "model", &request->model, err);
    if (json_object_size(model) == 0 || json_object_size(model) > REEL_BLEND_MAX)
        return reel_fail(err, REEL_E_INVALID, "model: expected 1 to %d weights by model",
                         (int)REEL_BLEND_MAX);
    request->blend = out->blend;
    json_object_foreach(model, name, weight)
    {
        if (!json_is_number(weight))
            return reel_fail(err, REEL_E_INVALID, "model.%.40s: expected a number", name);
        out->blend[request->blend_count++] = (reel_blend_part){name, json_number_value(weight)};
    }
    return REEL_OK;
}

static bool may_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-";
    const size_t length = strlen(text);

    return length > 0 && length <= REEL_SCENARIO_MAX && strspn(text, letters) == length;
}

reel_code reel__list_set_scenario(reel_request *request, const char *scenario, reel_err *err)
{
    request->scenario = scenario;
    if (scenario != NULL && !may_name(scenario))
        return reel_fail(err, REEL_E_INVALID,
                         "scenario: expected a name of 1 to %d letters, digits, _ . and -",
                         (int)REEL_SCENARIO_MAX);
    return REEL_OK;
}

static reel_code read_scenario(const json_t *body, reel_list_body *out, reel_err *err)
{
    const char *scenario = NULL;
    const reel_code rc = reel__json_get_text(body, "scenario", &scenario, err);

    return rc == REEL_OK ? reel__list_set_scenario(&out->request, scenario, err) : rc;
}

reel_code reel__list_set_visitor(reel_request *request, const char *visitor, reel_err *err)
{
    request->visitor = visitor;
    if (visitor != NULL && strlen(visitor) > REEL_VISITOR_MAX)
        return reel_fail(err, REEL_E_INVALID, "visitor: more than %d bytes", REEL_VISITOR_MAX);
    return REEL_OK;
}

static reel_code read_visitor(const json_t *body, reel_list_body *out, reel_err *err)
{
    const char *visitor = NULL;
    const reel_code rc = reel__json_get_text(body, "visitor", &visitor, err);

    return rc == REEL_OK ? reel__list_set_visitor(&out->request, visitor, err) : rc;
}

static reel_code read_log(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_bool(body, "log", &out->request.log, err);
}

static reel_code read_limit(const json_t *body, reel_list_body *out, reel_err *err)
{
    int64_t limit = 10;
    const reel_code rc = reel__json_get_int(body, "limit", &limit, err);

    if (rc != REEL_OK)
        return rc;
    if (limit < 1 || limit > REEL_LIST_LIMIT)
        return reel_fail(err, REEL_E_INVALID, "limit: expected 1 to %d", REEL_LIST_LIMIT);
    out->request.limit = (size_t)limit;
    return REEL_OK;
}

static reel_code read_reasons(const json_t *body, reel_list_body *out, reel_err *err)
{
    int64_t reasons = out->request.reasons;
    const reel_code rc = reel__json_get_int(body, "reasons", &reasons, err);

    if (rc != REEL_OK)
        return rc;
    if (reasons < 0 || reasons > REEL_REASONS_MAX)
        return reel_fail(err, REEL_E_INVALID, "reasons: expected 0 to %d", REEL_REASONS_MAX);
    out->request.reasons = (int)reasons;
    return REEL_OK;
}

/* After `reasons`, which it overrules. */
static reel_code read_explain(const json_t *body, reel_list_body *out, reel_err *err)
{
    bool explain = true;
    const reel_code rc = reel__json_get_bool(body, "explain", &explain, err);

    if (rc == REEL_OK && !explain)
        out->request.reasons = 0;
    return rc;
}

static reel_code read_seen(const json_t *body, reel_list_body *out, reel_err *err)
{
    const char *seen = "hide";
    const reel_code rc = reel__json_get_text(body, "seen", &seen, err);

    return rc == REEL_OK ? reel__list_set_seen(&out->request, seen, err) : rc;
}

/* true is half of everything, false nothing of it. */
static reel_code read_calibrate(const json_t *body, reel_list_body *out, reel_err *err)
{
    const json_t *member = json_object_get(body, "calibrate");

    if (!json_is_boolean(member))
        return reel__json_get_real(body, "calibrate", &out->request.calibrate, err);
    out->request.calibrate = json_is_true(member) ? REEL_CALIBRATE_USUAL : 0;
    return REEL_OK;
}

static reel_code read_filter(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_text(body, "filter", &out->request.filter, err);
}

static reel_code read_boost(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_text(body, "boost", &out->request.boost, err);
}

static reel_code read_diversity(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_real(body, "diversity", &out->request.diversity, err);
}

static reel_code read_novelty(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_real(body, "novelty", &out->request.novelty, err);
}

/* Whose list: one of them; or like which film, for somebody or for nobody. */
static reel_code check_whose(const reel_request *request, reel_err *err)
{
    const int ways = (request->user >= 0) + (request->given != NULL) + (request->members != NULL);

    if (request->source_movie >= 0 && request->members == NULL && ways <= 1)
        return REEL_OK;
    if (ways == 0)
        return reel_fail(err, REEL_E_INVALID, "give user, history, source_movie or household");
    if (ways > 1 || request->source_movie >= 0)
        return reel_fail(err, REEL_E_INVALID,
                         "give one of user, history and household, not several; source_movie goes "
                         "with user or history");
    return REEL_OK;
}

static reel_code read_user(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_id(body, "user", &out->request.user, err);
}

static reel_code read_source(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_id(body, "source_movie", &out->request.source_movie, err);
}

static reel_code read_movie(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__json_get_id(body, "movie", &out->movie, err);
}

static reel_code read_household(const json_t *body, reel_list_body *out, reel_err *err)
{
    return reel__list_household_read(out, body, err);
}

/* Each looks at a member. */
typedef reel_code reader(const json_t *body, reel_list_body *out, reel_err *err);
static reader *const readers[] = {read_source,    read_movie,   read_user,      read_model,
                                  read_scenario,  read_log,     read_visitor,   read_limit,
                                  read_reasons,   read_explain, read_seen,      read_exclude,
                                  read_filter,    read_boost,   read_diversity, read_novelty,
                                  read_calibrate, read_history, read_edits,     read_household};

/* What both kinds of questions have. */
#define ASKED                                                                                      \
    "source_movie", "user", "visitor", "model", "scenario", "limit", "reasons", "seen", "exclude", \
        "filter", "boost", "diversity", "novelty", "calibrate", "history", "edits", "household"

reel_code reel__list_body_read(reel_list_body *out, const json_t *body, reel_err *wrong,
                               reel_err *err)
{
    static const char *const of_lists[] = {ASKED, "log", "explain", NULL};
    static const char *const of_reasons[] = {ASKED, "movie", NULL};
    reel_err one = {REEL_OK, ""};

    if (!json_is_object(body))
        return reel_fail(err, REEL_E_INVALID, "expected a JSON object");
    reel__json_others(body, out->explains ? of_reasons : of_lists, wrong);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        one = (reel_err){REEL_OK, ""};
        if (readers[i](body, out, &one) != REEL_OK && reel__mistake_add(wrong, &one) != REEL_OK)
            return reel_fail(err, one.code, "%s", one.msg);
    }
    if (wrong->code == REEL_OK && check_whose(&out->request, &one) != REEL_OK)
        return reel__mistake_add(wrong, &one);
    return REEL_OK;
}

reel_code reel__list_body_earlier(reel_list_body *out, const json_t *body, reel_err *err)
{
    const reel_code rc = read_ids(body, "earlier", &out->earlier, &out->request.earlier_count, err);

    out->request.earlier = out->earlier;
    return rc;
}

void reel__list_body_fini(reel_list_body *body)
{
    reel__free(body->given);
    reel__free(body->edits);
    reel__free(body->exclude);
    reel__free(body->earlier);
    for (size_t i = 0; i < REEL_MEMBERS_MAX; i++)
        reel__free(body->histories[i]);
}

/* ---- writing ------------------------------------------------------------------------------- */

void reel__list_write_films(reel_json *json, const char *member, const reel_given *films,
                            size_t count)
{
    if (films == NULL)
        return;
    reel__json_key(json, member);
    reel__json_array(json);
    for (size_t i = 0; i < count; i++) {
        reel__json_object(json);
        reel__json_put_int(json, "movie", films[i].movie);
        reel__json_put_real(json, "rating", films[i].rating);
        reel__json_put_real(json, "weight", films[i].weight);
        if (films[i].looked)
            reel__json_put_text(json, "kind", "clicked");
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void write_text(reel_json *json, const char *member, const char *text)
{
    if (text != NULL)
        reel__json_put_text(json, member, text);
}

void reel__list_write_ids(reel_json *json, const char *member, const int64_t *ids, size_t count)
{
    reel__json_key(json, member);
    reel__json_array(json);
    for (size_t i = 0; i < count; i++)
        reel__json_int(json, ids[i]);
    reel__json_array_end(json);
}

static void write_blend(reel_json *json, const reel_request *request)
{
    if (request->blend_count == 0)
        return;
    reel__json_key(json, "model");
    reel__json_object(json);
    for (size_t i = 0; i < request->blend_count; i++)
        reel__json_put_real(json, request->blend[i].name, request->blend[i].weight);
    reel__json_object_end(json);
}

void reel__list_body_write(reel_json *json, const reel_request *request)
{
    reel__json_object(json);
    reel__json_put_id(json, "user", request->user);
    reel__json_put_id(json, "source_movie", request->source_movie);
    reel__list_write_films(json, "history", request->given, request->given_count);
    reel__list_write_films(json, "edits", request->edits, request->edit_count);
    reel__list_household_write(json, request);
    write_text(json, "model", request->model);
    write_blend(json, request);
    write_text(json, "scenario", request->scenario);
    write_text(json, "visitor", request->visitor);
    if (request->log)
        reel__json_put_bool(json, "log", true);
    reel__json_put_int(json, "limit", (int64_t)request->limit);
    reel__json_put_int(json, "reasons", request->reasons);
    reel__json_put_text(json, "seen", request->show_seen ? "show" : "hide");
    reel__list_write_ids(json, "exclude", request->exclude, request->exclude_count);
    write_text(json, "filter", request->filter);
    write_text(json, "boost", request->boost);
    reel__json_put_real(json, "diversity", request->diversity);
    reel__json_put_real(json, "novelty", request->novelty);
    reel__json_put_real(json, "calibrate", request->calibrate);
    reel__json_object_end(json);
}
