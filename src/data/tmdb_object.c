/* tmdb_object.c - reads one object as TMDb v3 `GET /movie/{id}` answers it with keywords, credits
 * and videos appended. null stands for a missing member everywhere; another type is an error.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "data/tmdb_priv.h"

enum {
    TEXT_MAXIMUM = 20000, /* bytes of a text that are kept */
    NAME_MAXIMUM = 100,
    KEYWORDS_KEPT = 60,
    CAST_KEPT = 10, /* TMDb lists them in order of billing */
    DIRECTORS_KEPT = 6,
    GENRES_KEPT = 20,
    RUNTIME_MAXIMUM = 100000
};

static bool is_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return length > 0;
}

/* ---- ids and date -------------------------------------------------------------------------- */

static reel_code imdb_number(int64_t *out, const char *text, reel_err *err)
{
    char reason[ROWS_REASON];

    *out = 0;
    if (text[0] == '\0')
        return REEL_OK;
    if (strncmp(text, "tt", 2) != 0 || !is_digits(text + 2, strlen(text + 2)) ||
        !reel__slice_int((reel_slice){text + 2, strlen(text + 2)}, out, reason))
        return reel_fail(err, REEL_E_INVALID, "imdb_id: \"%.20s\" is not like tt0114709", text);
    return REEL_OK;
}

reel_code reel__tmdb_ids(reel_tmdb_ids *out, const json_t *object, reel_err *err)
{
    reel_code rc = REEL_OK;
    const char *imdb = "";

    *out = (reel_tmdb_ids){.movie_id = -1};
    REEL_TRY(reel__json_get_int(object, "id", &out->tmdb_id, err));
    REEL_TRY(reel__json_get_int(object, "movieId", &out->movie_id, err));
    REEL_TRY(reel__json_get_text(object, "imdb_id", &imdb, err));
    REEL_TRY(imdb_number(&out->imdb_id, imdb, err));
    if (out->tmdb_id <= 0 && out->imdb_id <= 0 && out->movie_id < 0)
        rc = reel_fail(err, REEL_E_INVALID, "no id, imdb_id or movieId to know the film by");
out:
    return rc;
}

reel_code reel__tmdb_fetched(int64_t *out, const json_t *object, reel_err *err)
{
    struct tm when = {0};
    const char *text = "";
    const reel_code rc = reel__json_get_text(object, "fetched_at", &text, err);
    const char *end;

    *out = 0;
    if (rc != REEL_OK || *text == '\0')
        return rc;
    end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &when);
    if (end == NULL || *end != '\0' || timegm(&when) < 0)
        return reel_fail(err, REEL_E_INVALID,
                         "fetched_at: \"%.30s\" is not a time such as 2026-11-23T08:15:00Z", text);
    *out = timegm(&when);
    return REEL_OK;
}

/* "", YYYY, YYYY-MM or YYYY-MM-DD */
static bool is_date(const char *text)
{
    const size_t length = strlen(text);

    return length == 0 || ((length == 4 || length == 7 || length == 10) && is_digits(text, 4) &&
                           (length < 7 || (text[4] == '-' && is_digits(text + 5, 2))) &&
                           (length < 10 || (text[7] == '-' && is_digits(text + 8, 2))));
}

static reel_code release_date(const char **out, const json_t *object, reel_err *err)
{
    *out = "";
    if (reel__json_get_text(object, "release_date", out, err) != REEL_OK)
        return REEL_E_INVALID;
    if (!is_date(*out))
        return reel_fail(err, REEL_E_INVALID,
                         "release_date: \"%.20s\" is not YYYY, YYYY-MM or YYYY-MM-DD", *out);
    return REEL_OK;
}

reel_code reel__tmdb_year(int32_t *out, const json_t *object, reel_err *err)
{
    const char *date = "";
    reel_code rc = release_date(&date, object, err);

    *out = 0;
    for (size_t i = 0; rc == REEL_OK && date[0] != '\0' && i < 4; i++)
        *out = *out * 10 + (date[i] - '0');
    return rc;
}

/* ---- texts --------------------------------------------------------------------------------- */

/* Clean and keep text; an empty one leaves *out as it was. */
static reel_code keep_clean(reel_catalogue *catalogue, const char **out, const char *text,
                            reel_err *err)
{
    reel_code rc = REEL_OK;

    reel__buf_clear(&catalogue->work);
    reel__text_clean(&catalogue->work, text, reel__utf8_cut(text, strlen(text), TEXT_MAXIMUM));
    REEL_TRY(reel__buf_check(&catalogue->work, err));
    if (catalogue->work.length > 0)
        REEL_TRY(reel__catalogue_keep(catalogue, out, catalogue->work.data, catalogue->work.length,
                                      err));
out:
    return rc;
}

static reel_code fill_text(reel_catalogue *catalogue, const char **out, const json_t *object,
                           const char *key, reel_err *err)
{
    reel_code rc = REEL_OK;
    const char *text = "";

    REEL_TRY(reel__json_get_text(object, key, &text, err));
    REEL_TRY(keep_clean(catalogue, out, text, err));
out:
    return rc;
}

/* TMDb itself writes "No overview found." where it has none. */
static reel_code fill_overview(reel_catalogue *catalogue, const char **out, const json_t *object,
                               reel_err *err)
{
    static const char none[] = "no overview";
    reel_code rc = REEL_OK;
    const char *text = "", *cleaned = *out;

    REEL_TRY(reel__json_get_text(object, "overview", &text, err));
    REEL_TRY(keep_clean(catalogue, &cleaned, text, err));
    if (strncasecmp(cleaned, none, sizeof none - 1) != 0)
        *out = cleaned;
out:
    return rc;
}

/* A path below the image host; anything else would end up in a link. */
static reel_code fill_path(reel_catalogue *catalogue, const char **out, const json_t *object,
                           const char *key, reel_err *err)
{
    static const char allowed[] =
        "/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    reel_code rc = REEL_OK;
    const char *text = "";

    REEL_TRY(reel__json_get_text(object, key, &text, err));
    if (text[0] == '\0')
        return REEL_OK;
    if (text[0] != '/' || text[strspn(text, allowed)] != '\0')
        return reel_fail(err, REEL_E_INVALID, "%s: \"%.40s\" is not an image path", key, text);
    REEL_TRY(reel__catalogue_keep(catalogue, out, text, strlen(text), err));
out:
    return rc;
}

/* ---- lists --------------------------------------------------------------------------------- */

/* Member of an object; NULL when missing or null. */
static reel_code member(const json_t **out, const json_t *object, const char *key, bool array,
                        reel_err *err)
{
    const json_t *value = object == NULL ? NULL : json_object_get(object, key);

    *out = NULL;
    if (value == NULL || json_is_null(value))
        return REEL_OK;
    if (array ? !json_is_array(value) : !json_is_object(value))
        return reel_fail(err, REEL_E_INVALID, "%s: expected %s", key,
                         array ? "a list" : "an object");
    *out = value;
    return REEL_OK;
}

/* MovieLens' names for what both know. */
static const char *genre_name(const char *name)
{
    static const char *const names[][2] = {{"Science Fiction", "Sci-Fi"}, {"Family", "Children"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i][0]) == 0)
            return names[i][1];
    return name;
}

/* Append one name of a list joined by '|'. */
static void append_name(reel_buf *out, const char *name)
{
    const size_t before = out->length;

    if (before > 0)
        reel__buf_char(out, '|');
    const size_t start = out->length;

    reel__text_clean(out, name, reel__utf8_cut(name, strlen(name), NAME_MAXIMUM));
    for (size_t i = start; i < out->length; i++)
        if (out->data[i] == '|')
            out->data[i] = '/';
    if (out->length == start && !out->failed && out->length > before) {
        out->length = before; /* nothing was left of it */
        out->data[before] = '\0';
    }
}

/* The `name` of each element (only of those with this `job`, when given) into *out, joined. */
static reel_code fill_names(reel_catalogue *catalogue, const char **out, const json_t *list,
                            const char *job, size_t limit, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_buf *joined = &catalogue->work;
    size_t kept = 0;

    reel__buf_clear(joined);
    for (size_t i = 0; i < json_array_size(list) && kept < limit; i++) {
        const json_t *element = json_array_get(list, i);
        const char *name = "", *does = "";

        if (!json_is_object(element))
            return reel_fail(err, REEL_E_INVALID, "a list of names holds something else");
        REEL_TRY(reel__json_get_text(element, "name", &name, err));
        if (job != NULL)
            REEL_TRY(reel__json_get_text(element, "job", &does, err));
        if (name[0] == '\0' || (job != NULL && strcmp(does, job) != 0))
            continue;
        append_name(joined, genre_name(name));
        kept++;
    }
    REEL_TRY(reel__buf_check(joined, err));
    if (joined->length > 0)
        REEL_TRY(reel__catalogue_keep(catalogue, out, joined->data, joined->length, err));
out:
    return rc;
}

static reel_code fill_lists(reel_catalogue *catalogue, reel_movie *film, const json_t *object,
                            reel_err *err)
{
    reel_code rc = REEL_OK;
    const json_t *outer = NULL, *list = NULL;
    const char *genres = "";

    REEL_TRY(member(&list, object, "genres", true, err));
    REEL_TRY(fill_names(catalogue, &genres, list, NULL, GENRES_KEPT, err));
    if (film->genres[0] == '\0')
        film->genres = genres;
    REEL_TRY(member(&outer, object, "keywords", false, err));
    REEL_TRY(member(&list, outer, "keywords", true, err));
    REEL_TRY(fill_names(catalogue, &film->keywords, list, NULL, KEYWORDS_KEPT, err));
    REEL_TRY(member(&outer, object, "credits", false, err));
    REEL_TRY(member(&list, outer, "cast", true, err));
    REEL_TRY(fill_names(catalogue, &film->cast, list, NULL, CAST_KEPT, err));
    REEL_TRY(member(&list, outer, "crew", true, err));
    REEL_TRY(fill_names(catalogue, &film->directors, list, "Director", DIRECTORS_KEPT, err));
out:
    return rc;
}

/* ---- trailer ------------------------------------------------------------------------------- */

static bool is_video_key(const char *key)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const size_t length = strlen(key);

    return length >= 5 && length <= 20 && strspn(key, allowed) == length;
}

static reel_code fill_trailer(reel_catalogue *catalogue, const char **out, const json_t *object,
                              reel_err *err)
{
    reel_code rc = REEL_OK;
    const json_t *videos = NULL, *list = NULL;

    REEL_TRY(member(&videos, object, "videos", false, err));
    REEL_TRY(member(&list, videos, "results", true, err));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *video = json_array_get(list, i);
        const char *site = "", *type = "", *key = "";

        if (!json_is_object(video))
            return reel_fail(err, REEL_E_INVALID, "videos: a result is not an object");
        REEL_TRY(reel__json_get_text(video, "site", &site, err));
        REEL_TRY(reel__json_get_text(video, "type", &type, err));
        REEL_TRY(reel__json_get_text(video, "key", &key, err));
        if (strcmp(site, "YouTube") == 0 && strcmp(type, "Trailer") == 0 && is_video_key(key)) {
            REEL_TRY(reel__catalogue_keep(catalogue, out, key, strlen(key), err));
            break;
        }
    }
out:
    return rc;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static reel_code fill_numbers(reel_movie *film, const json_t *object, reel_err *err)
{
    reel_code rc = REEL_OK;
    int64_t runtime = 0, votes = 0;
    double average = NAN, popularity = (double)film->popularity;

    REEL_TRY(reel__json_get_int(object, "runtime", &runtime, err));
    REEL_TRY(reel__json_get_int(object, "vote_count", &votes, err));
    REEL_TRY(reel__json_get_real(object, "vote_average", &average, err));
    REEL_TRY(reel__json_get_real(object, "popularity", &popularity, err));
    if (runtime < 0 || runtime > RUNTIME_MAXIMUM)
        return reel_fail(err, REEL_E_INVALID, "runtime: %lld minutes", (long long)runtime);
    if (votes < 0 || votes > INT32_MAX)
        return reel_fail(err, REEL_E_INVALID, "vote_count: %lld", (long long)votes);
    if (!isnan(average) && !(average >= 0.0 && average <= 10.0))
        return reel_fail(err, REEL_E_INVALID, "vote_average: %g is not between 0 and 10", average);
    if (fabs(popularity) > 1e9)
        return reel_fail(err, REEL_E_INVALID, "popularity: %g", popularity);
    if (runtime > 0)
        film->runtime = (int32_t)runtime;
    if (votes > 0) { /* without votes an average of 0 says nothing */
        film->vote_count = (int32_t)votes;
        if (!isnan(average))
            film->vote_average = (float)average;
    }
    film->popularity = (float)popularity;
out:
    return rc;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static reel_code fill_all(reel_catalogue *catalogue, reel_movie *film, const json_t *object,
                          reel_err *err)
{
    reel_code rc = REEL_OK;
    const char *title = "", *date = "";

    REEL_TRY(fill_numbers(film, object, err));
    REEL_TRY(fill_text(catalogue, &title, object, "title", err));
    if (film->name[0] == '\0')
        film->name = title;
    REEL_TRY(fill_text(catalogue, &film->original_title, object, "original_title", err));
    REEL_TRY(fill_text(catalogue, &film->language, object, "original_language", err));
    REEL_TRY(fill_text(catalogue, &film->tagline, object, "tagline", err));
    REEL_TRY(fill_overview(catalogue, &film->overview, object, err));
    REEL_TRY(fill_path(catalogue, &film->poster_path, object, "poster_path", err));
    REEL_TRY(fill_path(catalogue, &film->backdrop_path, object, "backdrop_path", err));
    REEL_TRY(release_date(&date, object, err));
    REEL_TRY(keep_clean(catalogue, &film->release_date, date, err));
    REEL_TRY(fill_lists(catalogue, film, object, err));
    REEL_TRY(fill_trailer(catalogue, &film->trailer_key, object, err));
out:
    return rc;
}

reel_code reel__tmdb_fill(reel_catalogue *catalogue, reel_movie *film, const json_t *object,
                          reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_movie filled = *film;
    reel_tmdb_ids ids;
    int32_t year = 0;

    REEL_TRY(reel__tmdb_ids(&ids, object, err));
    REEL_TRY(reel__tmdb_year(&year, object, err));
    REEL_TRY(fill_all(catalogue, &filled, object, err));
    if (filled.tmdb_id == 0 && ids.tmdb_id > 0)
        filled.tmdb_id = ids.tmdb_id;
    if (filled.imdb_id == 0)
        filled.imdb_id = ids.imdb_id;
    if (filled.year == 0)
        filled.year = year;
    *film = filled;
out:
    return rc;
}
