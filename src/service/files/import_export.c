/* import_export.c - a person's films in the layouts of other services, as far as those can hold
 * them: what is left out is counted.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "service/files/csv_write.h"
#include "service/files/import.h"

enum { JSON_MOST = 64 << 20, ID_TEXT = 32 };

/* One film to be written. */
typedef struct giving {
    reel_movie movie;
    const reel_import_row *row;
    char time[REEL_TIME_TEXT]; /* "" = unknown */
} giving;

static void put_known(reel_csv_writer *csv, int64_t value)
{
    if (value > 0)
        reel__csv_int(csv, value);
    else
        reel__csv_text(csv, "");
}

static void put_rating(reel_csv_writer *csv, double rating, double most)
{
    if (isnan(rating))
        reel__csv_text(csv, "");
    else
        reel__csv_real(csv, (float)(rating * most / 5));
}

/* Whole points of ten. */
static int64_t points(double rating)
{
    return (int64_t)fmax(1, floor(rating * 2 + 0.5));
}

static void put_letterboxd(reel_csv_writer *csv, giving *one)
{
    one->time[one->time[0] == '\0' ? 0 : 10] = '\0';
    reel__csv_text(csv, one->time);
    reel__csv_text(csv, one->movie.name);
    put_known(csv, one->movie.year);
    reel__csv_text(csv, "");
    put_rating(csv, one->row->rating, 5);
}

static void put_imdb(reel_csv_writer *csv, giving *one)
{
    char id[ID_TEXT];

    one->time[one->time[0] == '\0' ? 0 : 10] = '\0';
    (void)snprintf(id, sizeof id, "tt%07lld", (long long)one->movie.imdb_id);
    reel__csv_text(csv, id);
    reel__csv_int(csv, points(one->row->rating));
    reel__csv_text(csv, one->time);
    reel__csv_text(csv, one->movie.name);
    reel__csv_text(csv, "Movie");
    put_known(csv, one->movie.year);
}

static void put_movielens(reel_csv_writer *csv, giving *one)
{
    reel__csv_int(csv, one->movie.id);
    put_known(csv, one->movie.imdb_id);
    put_known(csv, one->movie.tmdb_id);
    put_rating(csv, one->row->rating, 5);
    reel__csv_text(csv, "");
    reel__csv_text(csv, one->movie.title);
}

static void put_netflix(reel_csv_writer *csv, giving *one)
{
    one->time[one->time[0] == '\0' ? 0 : 10] = '\0';
    reel__csv_text(csv, one->movie.name);
    reel__csv_text(csv, one->time);
}

/* "" = unknown */
static void imdb_text(char out[ID_TEXT], const reel_movie *movie)
{
    out[0] = '\0';
    if (movie->imdb_id > 0)
        (void)snprintf(out, ID_TEXT, "tt%07lld", (long long)movie->imdb_id);
}

static void write_trakt(reel_json *json, const giving *one)
{
    const bool rated = one->row->kind == REEL_IMPORT_RATED;
    char id[ID_TEXT];

    imdb_text(id, &one->movie);
    reel__json_object(json);
    reel__json_put_known(json, rated ? "rated_at" : "watched_at", one->time);
    if (rated)
        reel__json_put_int(json, "rating", points(one->row->rating));
    reel__json_put_text(json, "type", "movie");
    reel__json_key(json, "movie");
    reel__json_object(json);
    reel__json_put_text(json, "title", one->movie.name);
    reel__json_put_id(json, "year", one->movie.year > 0 ? one->movie.year : -1);
    reel__json_key(json, "ids");
    reel__json_object(json);
    reel__json_put_known(json, "imdb", id);
    reel__json_put_id(json, "tmdb", one->movie.tmdb_id > 0 ? one->movie.tmdb_id : -1);
    reel__json_object_end(json);
    reel__json_object_end(json);
    reel__json_object_end(json);
}

static void write_jellyfin(reel_json *json, const giving *one)
{
    const reel_movie *movie = &one->movie;
    char imdb[ID_TEXT], tmdb[ID_TEXT] = "";

    imdb_text(imdb, movie);
    if (movie->tmdb_id > 0)
        (void)snprintf(tmdb, sizeof tmdb, "%lld", (long long)movie->tmdb_id);
    reel__json_object(json);
    reel__json_put_text(json, "Name", movie->name);
    reel__json_put_text(json, "Type", "Movie");
    reel__json_put_id(json, "ProductionYear", movie->year > 0 ? movie->year : -1);
    reel__json_key(json, "ProviderIds");
    reel__json_object(json);
    if (imdb[0] != '\0')
        reel__json_put_text(json, "Imdb", imdb);
    if (tmdb[0] != '\0')
        reel__json_put_text(json, "Tmdb", tmdb);
    reel__json_object_end(json);
    reel__json_key(json, "UserData");
    reel__json_object(json);
    reel__json_put_bool(json, "Played", true);
    reel__json_put_int(json, "PlayCount", 1);
    reel__json_put_bool(json, "IsFavorite", one->row->kind == REEL_IMPORT_LIKED);
    if (one->row->kind == REEL_IMPORT_RATED)
        reel__json_put_int(json, "Rating", points(one->row->rating));
    reel__json_put_known(json, "LastPlayedDate", one->time);
    reel__json_object_end(json);
    reel__json_object_end(json);
}

/* {"id":"imdb://tt0133093"} */
static void put_guid(reel_json *json, const char *scheme, const char *id)
{
    char text[2 * ID_TEXT];

    (void)snprintf(text, sizeof text, "%s://%s", scheme, id);
    reel__json_object(json);
    reel__json_put_text(json, "id", text);
    reel__json_object_end(json);
}

static void write_plex(reel_json *json, const giving *one)
{
    const reel_movie *movie = &one->movie;
    char id[ID_TEXT];

    reel__json_object(json);
    reel__json_put_text(json, "type", "movie");
    reel__json_put_text(json, "title", movie->name);
    reel__json_put_id(json, "year", movie->year > 0 ? movie->year : -1);
    reel__json_key(json, "Guid");
    reel__json_array(json);
    imdb_text(id, movie);
    if (id[0] != '\0')
        put_guid(json, "imdb", id);
    (void)snprintf(id, sizeof id, "%lld", (long long)movie->tmdb_id);
    if (movie->tmdb_id > 0)
        put_guid(json, "tmdb", id);
    reel__json_array_end(json);
    reel__json_put_int(json, "viewCount", 1);
    if (one->row->kind == REEL_IMPORT_RATED)
        reel__json_put_int(json, "userRating", points(one->row->rating));
    if (one->row->time > 0)
        reel__json_put_int(json, "lastViewedAt", one->row->time);
    reel__json_object_end(json);
}

static const struct layout {
    reel_import_format format;
    const char *name, *header;
    reel_import_kind least; /* what it can hold: from this kind up */
    void (*put)(reel_csv_writer *csv, giving *one);
    void (*write)(reel_json *json, const giving *one); /* of JSON */
    const char *list; /* names of the members that lead to the list, "" = none */
} layouts[] = {
    {REEL_IMPORT_LETTERBOXD, "letterboxd", "Date,Name,Year,Letterboxd URI,Rating",
     REEL_IMPORT_WATCHED, put_letterboxd},
    {REEL_IMPORT_IMDB, "imdb", "Const,Your Rating,Date Rated,Title,Title Type,Year",
     REEL_IMPORT_RATED, put_imdb},
    {REEL_IMPORT_TRAKT, "trakt", NULL, REEL_IMPORT_WATCHED, NULL, write_trakt, ""},
    {REEL_IMPORT_NETFLIX, "netflix", "Title,Date", REEL_IMPORT_WATCHED, put_netflix},
    {REEL_IMPORT_MOVIELENS, "movielens", "movie_id,imdb_id,tmdb_id,rating,average_rating,title",
     REEL_IMPORT_RATED, put_movielens},
    {REEL_IMPORT_JELLYFIN, "jellyfin", NULL, REEL_IMPORT_WATCHED, NULL, write_jellyfin, "Items"},
    {REEL_IMPORT_PLEX, "plex", NULL, REEL_IMPORT_WATCHED, NULL, write_plex,
     "MediaContainer|Metadata"},
};

enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static bool next_film(const reel_imported *imported, const reel_engine *engine,
                      const struct layout *layout, size_t i, giving *out)
{
    const reel_import_film *film = &imported->films[i];

    *out = (giving){.movie = reel_dataset_movie(reel__engine_dataset(engine), film->movie),
                    .row = film->row};
    if (film->row->time > 0)
        reel__clock_text(film->row->time, out->time);
    return film->row->kind >= layout->least &&
           (layout->format != REEL_IMPORT_IMDB || out->movie.imdb_id > 0);
}

static reel_code export_json(const reel_imported *imported, const reel_engine *engine,
                             const struct layout *layout, const char *path, reel_err *err)
{
    reel_buf text;
    reel_json json;
    giving one;
    char name[ID_TEXT];
    int depth = 0;
    reel_code rc;

    reel__buf_init(&text, JSON_MOST);
    reel__json_init(&json, &text);
    for (const char *at = layout->list; *at != '\0'; at += strcspn(at, "|"), at += *at == '|') {
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "|"), at);
        reel__json_object(&json);
        reel__json_key(&json, name);
        depth++;
    }
    reel__json_array(&json);
    for (size_t i = 0; i < imported->film_count; i++)
        if (next_film(imported, engine, layout, i, &one))
            layout->write(&json, &one);
    reel__json_array_end(&json);
    while (depth-- > 0)
        reel__json_object_end(&json);
    reel__buf_char(&text, '\n');
    REEL_TRY(reel__buf_check(&text, err));
    rc = reel__file_write(path, text.data, text.length, err);
out:
    reel__buf_fini(&text);
    return rc;
}

static reel_code export_csv(const reel_imported *imported, const reel_engine *engine,
                            const struct layout *layout, const char *path, reel_err *err)
{
    reel_csv_writer csv = {0};
    giving one;
    reel_code rc;

    REEL_TRY(reel__csv_open(&csv, NULL, path, layout->header, err));
    for (size_t i = 0; i < imported->film_count; i++)
        if (next_film(imported, engine, layout, i, &one)) {
            layout->put(&csv, &one);
            REEL_TRY(reel__csv_end_row(&csv, err));
        }
    rc = reel__csv_commit(&csv, err);
out:
    reel__csv_abort(&csv);
    return rc;
}

reel_code reel__import_layout(const char *name, reel_import_format *out, reel_err *err)
{
    *out = REEL_IMPORT_REEL;
    if (strcmp(name, "reel") == 0)
        return REEL_OK;
    for (int i = 0; i < LAYOUTS; i++)
        if (strcmp(name, layouts[i].name) == 0) {
            *out = layouts[i].format;
            return REEL_OK;
        }
    return reel_fail(err, REEL_E_INVALID,
                     "there is no layout \"%.40s\"; there are reel, letterboxd, imdb, trakt, "
                     "netflix, movielens, jellyfin and plex",
                     name);
}

reel_code reel__import_export(const reel_imported *imported, const reel_engine *engine,
                              reel_import_format format, const char *path, size_t *left_out,
                              reel_err *err)
{
    giving one;

    *left_out = 0;
    for (int i = 0; i < LAYOUTS; i++) {
        if (layouts[i].format != format)
            continue;
        for (size_t k = 0; k < imported->film_count; k++)
            *left_out += !next_film(imported, engine, &layouts[i], k, &one);
        return layouts[i].put == NULL ? export_json(imported, engine, &layouts[i], path, err)
                                      : export_csv(imported, engine, &layouts[i], path, err);
    }
    return reel__import_write(imported, engine, path, err);
}
