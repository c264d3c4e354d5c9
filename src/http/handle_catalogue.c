/* handle_catalogue.c - films and people: search, one, similar, posters, ratings. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "service/engine/about.h"
#include "service/lists/people.h"
#include "service/films/posters.h"
#include "service/lists/recommend.h"
#include "service/engine/search.h"

enum { PAGE_MAX = 200 };

reel_code reel__handle_movies(reel_context *context, reel_err *err)
{
    const char *query = reel__exchange_get(context->exchange, "q");
    reel_json *json = &context->json;
    const int64_t *ids = reel_dataset_movie_ids(reel__engine_dataset(context->app->engine));
    reel_place place;
    reel_search_hits hits;
    reel_code rc;

    reel__json_object(json);
    REEL_TRY(reel__exchange_place(context->exchange, json, &place, PAGE_MAX, err));
    REEL_TRY(reel__search_from(context->session, query == NULL ? "" : query,
                               reel__exchange_get(context->exchange, "filter"), &place, &hits,
                               err));
    for (size_t i = 0; i < hits.count; i++) {
        reel__place_pass(&place, ids[hits.items[i].movie]);
        REEL_TRY(reel__write_hit(json, context->session, &hits.items[i], err));
    }
    reel__exchange_place_end(context->exchange, json, &place, place.offset < hits.total);
    reel__json_put_int(json, "total", (int64_t)hits.total);
    reel__json_key(json, "removed");
    reel__json_object(json);
    reel__json_put_int(json, "filter", (int64_t)hits.hidden);
    reel__json_object_end(json);
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__handle_movie(reel_context *context, reel_err *err)
{
    reel_json *json = &context->json;
    int64_t user = -1;
    reel_stars stars;
    reel_index movie;
    reel_code rc;

    REEL_TRY(reel__exchange_get_int(context->exchange, "user", 0, INT64_MAX, &user, err));
    REEL_TRY(reel__engine_find_movie(context->app->engine, context->exchange->id, &movie, err));
    if (user >= 0)
        REEL_TRY(reel__predicted_rating(context->session, user, movie, &stars, err));
    context->exchange->person = user;
    reel__json_object(json);
    reel__write_movie_members(json, context->app->engine, movie, true);
    if (user >= 0)
        reel__write_stars(json, &stars);
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__handle_poster(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;

    exchange->answer_type = "image/svg+xml";
    /* A poster depends on the film's facts alone, which only a load changes. */
    exchange->cache_control = "public, max-age=86400";
    return reel__movie_poster(&exchange->answer, context->app->engine, exchange->id, err);
}

/* The size is part of the path: /posters/w342/12 */
static void copy_size(char *out, size_t room, const char *path)
{
    const char *size = path + strlen("/posters/");

    (void)snprintf(out, room, "%.*s", (int)strcspn(size, "/"), size);
}

/* A poster that is not in the folder is drawn, and asked for again soon: it may come. */
reel_code reel__handle_photo(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    char size[8];
    reel_code rc;

    copy_size(size, sizeof size, exchange->path);
    REEL_TRY(reel__posters_read(&exchange->answer, &exchange->answer_type, context->app->engine,
                                size, exchange->id, err));
    exchange->cache_control = "public, max-age=604800";
    if (exchange->answer_type == NULL) {
        exchange->answer_type = "image/svg+xml";
        exchange->cache_control = "public, max-age=300";
        REEL_TRY(reel__movie_poster(&exchange->answer, context->app->engine, exchange->id, err));
    }
    reel__exchange_tag(exchange);
out:
    return rc;
}

reel_code reel__handle_people(reel_context *context, reel_err *err)
{
    const char *prefix = reel__exchange_get(context->exchange, "q");
    reel_paging page = {.kind = 'a', .limit = 20, .at = -1};
    int64_t next = -1;
    reel_code rc;

    reel__json_object(&context->json);
    REEL_TRY(reel__exchange_page(context->exchange, &context->json, &page, PAGE_MAX, err));
    reel__people_write(&context->json, context->app->engine, prefix == NULL ? "" : prefix, page.at,
                       (size_t)page.limit, &next);
    reel__exchange_page_end(context->exchange, &context->json, &page, next);
    reel__json_object_end(&context->json);
out:
    return rc;
}

reel_code reel__handle_person(reel_context *context, reel_err *err)
{
    return reel__person_write(&context->json, context->app->engine, context->exchange->id, err);
}

/* What counts as seen, unless one kind is asked for. */
static reel_code read_kinds(const reel_exchange *exchange, unsigned *out, reel_err *err)
{
    const char *name = reel__exchange_get(exchange, "kind");
    reel_given_kind kind;

    *out = 1U << REEL_GIVEN_RATING | 1U << REEL_GIVEN_LIKED | 1U << REEL_GIVEN_WATCHED;
    if (name == NULL)
        return REEL_OK;
    if (!reel__given_kind_find(name, &kind) || kind == REEL_GIVEN_REMOVED ||
        kind == REEL_GIVEN_CLICKED)
        return reel_fail(err, REEL_E_INVALID,
                         "kind: expected rating, liked, watched, watchlist or not_interested");
    *out = 1U << kind;
    return REEL_OK;
}

/* r4.5_978302109_858: the last row of the page before. */
static reel_code read_rated_cursor(reel_exchange *exchange, reel_rated_page *page, reel_err *err)
{
    char text[REEL_CURSOR];
    long long time, movie;
    int end = 0;
    const reel_code rc = reel__exchange_cursor(text, exchange, err);

    if (rc != REEL_OK || *text == '\0')
        return rc;
    page->goes_on = sscanf(text, "r%f_%lld_%lld%n", &page->after.value, &time, &movie, &end) == 3 &&
                    text[end] == '\0' && isfinite(page->after.value) && movie >= 0;
    if (!page->goes_on)
        return reel__exchange_cursor_wrong(exchange, text, err);
    page->after.time = time;
    page->after.movie = movie;
    return REEL_OK;
}

reel_code reel__handle_person_ratings(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_json *json = &context->json;
    int64_t limit = 20;
    reel_rated_page page = {.goes_on = false};
    char next[REEL_CURSOR];
    reel_rated_key last = {0};
    bool more;
    reel_code rc;

    REEL_TRY(read_kinds(exchange, &page.kinds, err));
    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, PAGE_MAX, &limit, err));
    REEL_TRY(read_rated_cursor(exchange, &page, err));
    page.limit = (size_t)limit;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    REEL_TRY(reel__person_write_ratings(json, context->app->engine, exchange->id, &page, &last,
                                        &more, err));
    reel__json_array_end(json);
    (void)snprintf(next, sizeof next, "r%.9g_%lld_%lld", (double)last.value, (long long)last.time,
                   (long long)last.movie);
    reel__exchange_next_text(exchange, json, more ? next : NULL);
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__handle_person_similar(reel_context *context, reel_err *err)
{
    reel_similar_person people[PAGE_MAX];
    reel_request request = reel__request_default();
    reel_json *json = &context->json;
    int64_t limit = 10;
    size_t count;
    reel_code rc;

    request.user = context->exchange->id;
    REEL_TRY(reel__exchange_get_int(context->exchange, "limit", 1, PAGE_MAX, &limit, err));
    REEL_TRY(reel__similar_people(context->session, &request, (size_t)limit, people, &count, err));
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < count; i++)
        reel__write_similar_person(json, &people[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
out:
    return rc;
}
