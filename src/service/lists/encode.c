/* encode.c - films, lists and reasons as JSON, for both doors (docs/api.md). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "service/engine/state.h"
#include "service/films/posters.h"
#include "service/engine/search.h"

static const char POSTER_HOST[] = "https://image.tmdb.org/t/p/w342";
static const char BACKDROP_HOST[] = "https://image.tmdb.org/t/p/w780";

/* ---- films --------------------------------------------------------------------------------- */

static void put_positive(reel_json *json, const char *key, int64_t value)
{
    reel__json_key(json, key);
    if (value > 0)
        reel__json_int(json, value);
    else
        reel__json_null(json);
}

static void put_image(reel_json *json, const char *key, const char *host, const char *path)
{
    char url[256];

    (void)snprintf(url, sizeof url, "%s%s", host, path);
    reel__json_put_text(json, key, path[0] == '/' ? url : NULL);
}

static void put_facts(reel_json *json, const reel_engine *engine, reel_index index)
{
    const reel_movie film = reel_dataset_movie(engine->dataset, index), *movie = &film;
    char imdb[32];

    reel__json_put_text(json, "source_title", movie->title);
    reel__json_put_known(json, "original_title", movie->original_title);
    reel__json_put_known(json, "overview", movie->overview);
    reel__json_put_known(json, "tagline", movie->tagline);
    put_positive(json, "runtime", movie->runtime);
    reel__json_put_known(json, "language", movie->language);
    reel__json_put_known(json, "release_date", movie->release_date);
    put_positive(json, "decade", movie->year - movie->year % 10);
    reel__json_put_list(json, "directors", movie->directors);
    reel__json_put_list(json, "cast", movie->cast);
    reel__json_put_list(json, "keywords", movie->keywords);
    reel__json_put_list(json, "tags", movie->tags);
    reel__json_put_float(json, "vote_average", movie->vote_average);
    put_positive(json, "vote_count", movie->vote_count);
    reel__json_put_float(json, "popularity", movie->popularity);
    reel__json_put_known(json, "trailer", movie->trailer_key);
    put_image(json, "backdrop", BACKDROP_HOST, movie->backdrop_path);
    (void)snprintf(imdb, sizeof imdb, "tt%07lld", (long long)movie->imdb_id);
    reel__json_put_text(json, "imdb_id", movie->imdb_id > 0 ? imdb : NULL);
    put_positive(json, "tmdb_id", movie->tmdb_id);
}

/* From the folder of posters, which serves all or none: one that it lacks is drawn. */
static void put_poster(reel_json *json, const reel_engine *engine, const reel_movie *film)
{
    char url[64];

    if (engine->posters_dir == NULL) {
        put_image(json, "poster", POSTER_HOST, film->poster_path);
        return;
    }
    (void)snprintf(url, sizeof url, "/posters/w342/%lld", (long long)film->id);
    reel__json_put_text(json, "poster", reel__poster_name(film->poster_path) != NULL ? url : NULL);
}

void reel__write_naming(reel_json *json, const reel_engine *engine, reel_index movie)
{
    const reel_movie film = reel_dataset_movie(engine->dataset, movie);

    reel__json_put_int(json, "movie", film.id);
    reel__json_put_text(json, "title", film.name);
}

void reel__write_looks(reel_json *json, const reel_engine *engine, reel_index movie)
{
    const reel_movie film = reel_dataset_movie(engine->dataset, movie);
    char generated[64];
    double mean;
    const int64_t count = reel__engine_rated(engine, movie, &mean);

    put_positive(json, "year", film.year);
    reel__json_put_list(json, "genres", film.genres);
    put_poster(json, engine, &film);
    (void)snprintf(generated, sizeof generated, "/api/v1/movies/%lld/poster.svg",
                   (long long)film.id);
    reel__json_put_text(json, "generated_poster", generated);
    reel__json_key(json, "rating");
    reel__json_object(json);
    reel__json_put_real(json, "mean", round(mean * 100) / 100);
    reel__json_put_int(json, "count", count);
    reel__json_object_end(json);
}

static void put_naming(reel_json *json, const reel_engine *engine, reel_index movie)
{
    reel_short film;

    if (reel__short_find(&film, engine, movie))
        reel__json_raw(json, film.members, film.naming);
    else
        reel__write_naming(json, engine, movie);
}

void reel__write_movie_members(reel_json *json, const reel_engine *engine, reel_index movie,
                               bool full)
{
    reel_short film;

    if (reel__short_find(&film, engine, movie)) {
        reel__json_raw(json, film.members, film.length);
    } else {
        reel__write_naming(json, engine, movie);
        reel__write_looks(json, engine, movie);
    }
    if (full)
        put_facts(json, engine, movie);
}

void reel__write_movie(reel_json *json, const reel_engine *engine, reel_index movie, bool full)
{
    reel__json_object(json);
    reel__write_movie_members(json, engine, movie, full);
    reel__json_object_end(json);
}

/* ---- lists --------------------------------------------------------------------------------- */

void reel__write_stars(reel_json *json, const reel_stars *stars)
{
    reel__json_put_real(json, "predicted_rating", stars->rating);
    reel__json_key(json, "predicted_rating_interval");
    if (isnan(stars->low)) {
        reel__json_null(json);
        return;
    }
    reel__json_array(json);
    reel__json_real(json, stars->low);
    reel__json_real(json, stars->high);
    reel__json_array_end(json);
}

/* The rating a film of the history has; a film that stands for itself was rated by nobody. */
static void put_given_rating(reel_json *json, const reel_session *session, reel_index movie)
{
    const size_t at = reel__session_place(session, movie);

    reel__json_key(json, "rating");
    if (session->by_film || at == session->query.count ||
        session->query.entries[at].movie != movie ||
        session->query.entries[at].kind == REEL_ENTRY_SIGNAL)
        reel__json_null(json);
    else
        reel__json_float(json, session->query.entries[at].value);
}

static void put_reasons(reel_json *json, const reel_session *session, const reel_explanation *why,
                        const float *ratings)
{
    reel__json_key(json, "reasons");
    reel__json_array(json);
    for (size_t i = 0; i < why->reason_count; i++) {
        reel__json_object(json);
        put_naming(json, session->engine, why->reasons[i].movie);
        if (ratings == NULL)
            put_given_rating(json, session, why->reasons[i].movie);
        else
            reel__json_put_float(json, "rating", ratings[i]);
        reel__json_put_float(json, "contribution", (float)why->reasons[i].contribution);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_terms(reel_json *json, const reel_explanation *why)
{
    reel__json_key(json, "terms");
    reel__json_array(json);
    for (size_t i = 0; i < why->term_count; i++) {
        reel__json_object(json);
        reel__json_put_text(json, "term", why->terms[i].term);
        reel__json_put_float(json, "contribution", (float)why->terms[i].contribution);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

/* Which rule moved it, and how far. */
static void put_effects(reel_json *json, const reel_recommendation *item)
{
    reel__json_key(json, "rules");
    reel__json_array(json);
    for (int i = 0; i < item->effect_count; i++) {
        reel__json_object(json);
        reel__json_put_text(json, "rule", item->effects[i].rule);
        reel__json_key(json, "moved");
        if (item->effects[i].brought)
            reel__json_null(json);
        else
            reel__json_int(json, item->effects[i].moved);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

/* All of an item but what it is to several people. */
static void put_item(reel_json *json, const reel_session *session, const reel_recommendation *item)
{
    reel__write_movie_members(json, session->engine, item->movie, false);
    reel__json_put_int(json, "rank", item->rank);
    reel__json_put_float(json, "score", (float)item->score);
    reel__json_put_float(json, "baseline", (float)item->why.baseline);
    reel__write_stars(json, &item->stars);
    put_reasons(json, session, &item->why, NULL);
    put_terms(json, &item->why);
    reel__json_put_float(json, "other", (float)item->why.other);
    put_effects(json, item);
}

void reel__write_explanation(reel_json *json, const reel_session *session,
                             const reel_recommendation *item)
{
    reel__json_object(json);
    put_item(json, session, item);
    reel__json_object_end(json);
}

/* What film i of the list is to each of several people. */
static void put_shares(reel_json *json, const reel_session *session, const reel_list *list,
                       size_t i)
{
    reel__json_key(json, "members");
    reel__json_array(json);
    for (size_t m = 0; m < list->member_count; m++) {
        const reel_share *share = &list->shares[i * list->member_count + m];

        reel__json_object(json);
        reel__json_put_float(json, "standing", (float)share->standing);
        reel__write_stars(json, &share->stars);
        reel__json_put_float(json, "score", (float)share->why.score);
        reel__json_put_float(json, "baseline", (float)share->why.baseline);
        put_reasons(json, session, &share->why, share->ratings);
        reel__json_put_float(json, "other", (float)share->why.other);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_items(reel_json *json, const reel_session *session, const reel_list *list)
{
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < list->count; i++) {
        reel__json_object(json);
        put_item(json, session, &list->items[i]);
        if (list->items[i].side != NULL)
            reel__json_put_text(json, "arm", list->items[i].side);
        if (list->member_count > 0)
            put_shares(json, session, list, i);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_household(reel_json *json, const reel_list *list)
{
    reel__json_key(json, "household");
    reel__json_object(json);
    reel__json_put_text(json, "rule", reel__household_rule_name((size_t)list->household));
    reel__json_key(json, "members");
    reel__json_array(json);
    for (size_t m = 0; m < list->member_count; m++) {
        reel__json_object(json);
        reel__json_put_id(json, "user", list->members[m].user);
        reel__json_put_text(json, "name", list->members[m].name);
        reel__json_put_text(json, "basis", list->members[m].basis);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
}

/* Which experiment it is of; arm null: each film says its own. */
static void put_experiment(reel_json *json, const reel_list *list)
{
    if (list->experiment == NULL)
        return;
    reel__json_key(json, "experiment");
    reel__json_object(json);
    reel__json_put_text(json, "name", list->experiment);
    reel__json_put_text(json, "arm", list->arm);
    reel__json_object_end(json);
}

/* What each model of a mixture counts. */
static void put_blend(reel_json *json, const reel_list *list)
{
    if (list->blend_count == 0)
        return;
    reel__json_key(json, "blend");
    reel__json_object(json);
    for (size_t i = 0; i < list->blend_count; i++)
        reel__json_put_real(json, list->blend[i].name, list->blend[i].weight);
    reel__json_object_end(json);
}

void reel__write_list(reel_json *json, const reel_session *session, const reel_list *list,
                      const char *next)
{
    reel__json_object(json);
    reel__json_put_text(json, "id", list->id);
    reel__json_key(json, "model");
    reel__json_object(json);
    reel__json_put_text(json, "name", list->model);
    reel__json_put_text(json, "id", list->model_id);
    reel__json_put_text(json, "data_hash", list->data_hash);
    put_blend(json, list);
    reel__json_object_end(json);
    reel__json_put_text(json, "basis", list->basis);
    reel__json_put_id(json, "user", list->user);
    reel__json_put_id(json, "source_movie", list->source_movie);
    reel__json_put_text(json, "scenario", list->scenario);
    put_experiment(json, list);
    if (list->member_count > 0)
        put_household(json, list);
    put_items(json, session, list);
    reel__json_key(json, "removed");
    reel__json_object(json);
    reel__json_put_int(json, "seen", (int64_t)list->removed_seen);
    reel__json_put_int(json, "exclude", (int64_t)list->removed_excluded);
    reel__json_put_int(json, "filter", (int64_t)list->removed_filter);
    reel__json_object_end(json);
    reel__json_put_text(json, "next", next);
    reel__json_object_end(json);
}

void reel__write_similar_person(reel_json *json, const reel_similar_person *person)
{
    reel__json_object(json);
    reel__json_put_int(json, "user", person->person);
    reel__json_put_float(json, "similarity", (float)person->similarity);
    reel__json_put_int(json, "ratings", person->ratings);
    reel__json_put_int(json, "common", person->common);
    reel__json_object_end(json);
}
