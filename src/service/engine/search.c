/* search.c - search as use cases: the index of the snapshot, made by the first who asks, results as
 * JSON, and the one film a title means.
 */
#include "service/engine/search.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "service/engine/state.h"

enum { SUGGESTIONS = 5 };
static const float CLEARLY_BETTER = 0.015F;

/* ---- the index ----------------------------------------------------------------------------- */

static reel_code make_index(void **out, const reel_engine *engine, reel_err *err)
{
    reel_search_index *index = NULL;
    const reel_code rc = reel__search_index_new(&index, engine->dataset, err);

    *out = index;
    return rc;
}

reel_code reel__search_get_index(const reel_search_index **out, const reel_engine *engine,
                                 reel_err *err)
{
    void *made;
    const reel_code rc = reel__engine_lazy(&made, engine, &engine->search, make_index, err);

    *out = made;
    return rc;
}

reel_code reel__search_prepare(const reel_engine *engine, reel_err *err)
{
    const reel_search_index *index;

    return reel__search_get_index(&index, engine, err);
}

static reel_code find(reel_session *session, const char *query, const reel_search_opts *opts,
                      reel_search_hits *out, reel_err *err)
{
    const reel_search_index *index;
    reel_code rc = REEL_OK;

    if (session->search == NULL) {
        REEL_TRY(reel__search_get_index(&index, session->engine, err));
        REEL_TRY(reel__search_work_new(&session->search, index, err));
    }
    rc = reel__search_find(session->search, query, opts, out, err);
out:
    return rc;
}

reel_code reel__search(reel_session *session, const char *query, reel_page page,
                       reel_search_hits *out, reel_err *err)
{
    const reel_search_opts opts = {.offset = page.offset, .limit = page.limit};

    *out = (reel_search_hits){0};
    return find(session, query, &opts, out, err);
}

static int64_t film_of(const reel_session *session, const reel_search_hits *hits, size_t at)
{
    return reel_dataset_movie_ids(session->engine->dataset)[hits->items[at].movie];
}

/* Mostly it is where it was, which costs a search for one film. */
static reel_code put_right(reel_session *session, const char *query, reel_search_opts opts,
                           reel_place *place, reel_err *err)
{
    reel_placing placing = reel__placing_begin(place);
    reel_search_hits hits;
    reel_code rc;

    if (!reel__place_has_films(place))
        return REEL_OK;
    opts.offset = place->offset - 1;
    opts.limit = 1;
    REEL_TRY(find(session, query, &opts, &hits, err));
    if (hits.count == 1 && film_of(session, &hits, 0) == place->films[0])
        return REEL_OK;
    opts.offset = 0;
    opts.limit = SIZE_MAX;
    REEL_TRY(find(session, query, &opts, &hits, err));
    for (size_t i = 0; i < hits.count; i++)
        reel__placing_look(&placing, i, film_of(session, &hits, i));
    rc = reel__placing_end(&placing, err);
out:
    return rc;
}

/* Films that a filter leaves out, in session->skip. */
static reel_code hide(reel_session *session, const char *filter, reel_err *err)
{
    const reel_index films = reel_dataset_movies(session->engine->dataset);
    size_t removed;

    memset(session->skip, 0, reel__bit_words(films) * sizeof *session->skip);
    return reel__order_filter(session, filter, &removed, err);
}

reel_code reel__search_from(reel_session *session, const char *query, const char *filter,
                            reel_place *place, reel_search_hits *out, reel_err *err)
{
    reel_search_opts opts = {.hidden = filter == NULL ? NULL : session->skip};
    reel_code rc;

    *out = (reel_search_hits){0};
    if (filter != NULL)
        REEL_TRY(hide(session, filter, err));
    REEL_TRY(put_right(session, query, opts, place, err));
    opts.offset = place->offset;
    opts.limit = place->limit;
    rc = find(session, query, &opts, out, err);
out:
    return rc;
}

/* ---- what matched --------------------------------------------------------------------------- */

static const char ellipsis[] = "…";

static const char *how_text(const reel_found *hit)
{
    static const char *const texts[] = {[REEL_FOUND_EXACT] = "exact",
                                        [REEL_FOUND_PREFIX] = "prefix",
                                        [REEL_FOUND_WORDS] = "words",
                                        [REEL_FOUND_TYPO] = "typo",
                                        [REEL_FOUND_SOME] = "some"};

    return hit->field == REEL_FOUND_NOTHING ? NULL : texts[hit->how];
}

static reel_code put_matched(reel_json *json, const reel_matched *matched, reel_err *err)
{
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, 1 << 20);
    if (matched->cut_front)
        reel__buf_text(&text, ellipsis);
    reel__buf_append(&text, matched->text != NULL ? matched->text : matched->year, matched->length);
    if (matched->cut_back)
        reel__buf_text(&text, ellipsis);
    reel__json_object(json);
    reel__json_put_text(json, "field", matched->field);
    reel__json_key(json, "text");
    reel__json_text_n(json, text.data, text.length);
    reel__json_key(json, "where");
    reel__json_array(json);
    for (size_t i = 0; i < matched->mark_count; i++) {
        reel__json_array(json);
        reel__json_int(json, (int64_t)matched->marks[i].at + matched->cut_front);
        reel__json_int(json, matched->marks[i].length);
        reel__json_array_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
    rc = reel__buf_check(&text, err);
    reel__buf_fini(&text);
    return rc;
}

reel_code reel__write_hit(reel_json *json, reel_session *session, const reel_found *hit,
                          reel_err *err)
{
    reel_matched matched[REEL_MATCHED_TEXTS];
    size_t count;
    reel_code rc;

    REEL_TRY(reel__search_matched(session->search, hit, matched, &count, err));
    reel__json_object(json);
    reel__write_movie_members(json, session->engine, hit->movie, false);
    reel__json_put_float(json, "match", hit->match);
    reel__json_put_text(json, "how", how_text(hit));
    reel__json_key(json, "matched");
    reel__json_array(json);
    for (size_t i = 0; i < count; i++)
        REEL_TRY(put_matched(json, &matched[i], err));
    reel__json_array_end(json);
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__hit_text(reel_buf *out, reel_session *session, const reel_found *hit, reel_err *err)
{
    reel_matched matched[REEL_MATCHED_TEXTS];
    size_t count;
    reel_code rc;

    REEL_TRY(reel__search_matched(session->search, hit, matched, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(matched[i].field, "title") == 0 || strcmp(matched[i].field, "year") == 0)
            continue;
        if (out->length > 0)
            reel__buf_text(out, "; ");
        reel__buf_format(out, "%s: %s",
                         strcmp(matched[i].field, "other_title") == 0 ? "also called"
                                                                      : matched[i].field,
                         matched[i].cut_front ? ellipsis : "");
        reel__buf_append(out, matched[i].text, matched[i].length);
        reel__buf_text(out, matched[i].cut_back ? ellipsis : "");
    }
    rc = reel__buf_check(out, err);
out:
    return rc;
}

/* ---- the one film -------------------------------------------------------------------------- */

/* "The Matrix (1999), Matrix Reloaded (2003)" */
static void name_films(reel_buf *out, const reel_session *session, const reel_found *hits,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const reel_movie film = reel_dataset_movie(session->engine->dataset, hits[i].movie);

        reel__buf_format(out, "%s%s", i > 0 ? ", " : "", film.name);
        if (film.year > 0)
            reel__buf_format(out, " (%d)", (int)film.year);
        reel__buf_format(out, " [%lld]", (long long)film.id);
    }
}

static reel_code fail_with_names(const reel_session *session, reel_code code, const char *text,
                                 const reel_found *hits, size_t count, reel_err *err)
{
    reel_buf names;
    reel_code rc;

    reel__buf_init(&names, 1 << 12);
    name_films(&names, session, hits, count);
    rc = reel__buf_check(&names, err);
    if (rc != REEL_OK)
        code = rc;
    else if (code == REEL_E_CONFLICT)
        reel_fail(err, code, "several films fit \"%.80s\" (add the year, or give the id): %s", text,
                  names.data);
    else
        reel_fail(err, code, "no film is called \"%.80s\"; did you mean: %s", text, names.data);
    reel__buf_fini(&names);
    return code;
}

/* Called so, or called so but for a letter or two of the whole. */
static bool is_sure(const reel_found *hit)
{
    return hit->how <= REEL_FOUND_WORDS ? hit->match >= 0.7F
                                        : hit->how == REEL_FOUND_TYPO && hit->match >= 0.58F;
}

reel_code reel__search_one(reel_session *session, const char *text, reel_index *movie,
                           reel_err *err)
{
    const reel_search_opts opts = {.limit = SUGGESTIONS, .titles_only = true};
    reel_search_hits found;
    size_t alike = 1;
    const size_t digits = strspn(text, "0123456789");
    reel_code rc = REEL_OK;

    *movie = -1;
    if (digits > 0 && digits <= 18 && text[digits] == '\0') {
        *movie = reel_dataset_find_movie(session->engine->dataset, strtoll(text, NULL, 10));
        if (*movie >= 0)
            return REEL_OK;
    }
    if (text[0] == '\0')
        return reel_fail(err, REEL_E_INVALID, "no title was given");
    REEL_TRY(find(session, text, &opts, &found, err));
    if (found.count == 0)
        return reel_fail(err, REEL_E_NOTFOUND, "no film is called \"%.80s\"", text);
    if (!is_sure(&found.items[0]))
        return fail_with_names(session, REEL_E_NOTFOUND, text, found.items, found.count, err);
    while (alike < found.count && found.items[alike].match > found.items[0].match - CLEARLY_BETTER)
        alike++;
    if (alike > 1)
        return fail_with_names(session, REEL_E_CONFLICT, text, found.items, alike, err);
    *movie = found.items[0].movie;
out:
    return rc;
}
