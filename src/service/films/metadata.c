/* metadata.c - see metadata.h. */
#include "service/films/metadata.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* [{"name":...}], each with a job where there is one. */
static void put_names(reel_json *json, const char *key, const char *joined, const char *job)
{
    reel__json_key(json, key);
    reel__json_array(json);
    while (*joined != '\0') {
        const size_t length = strcspn(joined, "|");

        reel__json_object(json);
        reel__json_key(json, "name");
        reel__json_text_n(json, joined, length);
        if (job != NULL)
            reel__json_put_text(json, "job", job);
        reel__json_object_end(json);
        joined += length + (joined[length] == '|');
    }
    reel__json_array_end(json);
}

static void put_if_known(reel_json *json, const char *key, const char *text)
{
    if (text[0] != '\0')
        reel__json_put_text(json, key, text);
}

static void put_trailer(reel_json *json, const char *video)
{
    reel__json_key(json, "videos");
    reel__json_object(json);
    reel__json_key(json, "results");
    reel__json_array(json);
    reel__json_object(json);
    reel__json_put_text(json, "site", "YouTube");
    reel__json_put_text(json, "type", "Trailer");
    reel__json_put_text(json, "key", video);
    reel__json_object_end(json);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

static void put_people(reel_json *json, const reel_movie *film)
{
    reel__json_key(json, "keywords");
    reel__json_object(json);
    put_names(json, "keywords", film->keywords, NULL);
    reel__json_object_end(json);
    reel__json_key(json, "credits");
    reel__json_object(json);
    put_names(json, "cast", film->cast, NULL);
    put_names(json, "crew", film->directors, "Director");
    reel__json_object_end(json);
}

void reel__metadata_put(reel_json *json, const reel_movie *film)
{
    reel__json_put_int(json, "movieId", film->id);
    if (film->tmdb_id > 0)
        reel__json_put_int(json, "id", film->tmdb_id);
    reel__json_put_text(json, "title", film->name);
    put_if_known(json, "original_title", film->original_title);
    put_if_known(json, "original_language", film->language);
    put_if_known(json, "release_date", film->release_date);
    put_if_known(json, "overview", film->overview);
    put_if_known(json, "tagline", film->tagline);
    put_if_known(json, "poster_path", film->poster_path);
    put_if_known(json, "backdrop_path", film->backdrop_path);
    if (film->runtime > 0)
        reel__json_put_int(json, "runtime", film->runtime);
    if (film->vote_count > 0)
        reel__json_put_int(json, "vote_count", film->vote_count);
    if (!isnan(film->vote_average))
        reel__json_put_float(json, "vote_average", film->vote_average);
    if (!isnan(film->popularity))
        reel__json_put_float(json, "popularity", film->popularity);
    put_names(json, "genres", film->genres, NULL);
    put_people(json, film);
    if (film->trailer_key[0] != '\0')
        put_trailer(json, film->trailer_key);
}

bool reel__metadata_has(const reel_movie *film)
{
    return film->overview[0] != '\0' || film->poster_path[0] != '\0' ||
           film->release_date[0] != '\0' || !isnan(film->popularity);
}

void reel__metadata_line(reel_buf *out, const reel_movie *film)
{
    char text[32];
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    reel__metadata_put(&json, film);
    if (film->imdb_id > 0) {
        (void)snprintf(text, sizeof text, "tt%07lld", (long long)film->imdb_id);
        reel__json_put_text(&json, "imdb_id", text);
    }
    reel__json_object_end(&json);
    reel__buf_char(out, '\n');
}
