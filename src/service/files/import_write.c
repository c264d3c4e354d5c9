/* import_write.c - an import as Reel's own rows, its unmatched rows, and both as JSON. */
#include <math.h>

#include "base/clock.h"
#include "service/files/csv_write.h"
#include "service/files/import.h"

#define COLUMNS "movieId,title,year,imdbId,tmdbId,kind,rating,time,weight"

/* Unknown numbers are empty fields. */
static void put_int(reel_csv_writer *csv, int64_t value, bool known)
{
    if (known)
        reel__csv_int(csv, value);
    else
        reel__csv_text(csv, "");
}

static void put_given(reel_csv_writer *csv, const reel_import_row *row)
{
    char time[REEL_TIME_TEXT] = "";

    reel__csv_text(csv, reel__import_kind_name(row->kind));
    if (isnan(row->rating))
        reel__csv_text(csv, "");
    else
        reel__csv_real(csv, (float)row->rating);
    if (row->time > 0)
        reel__clock_text(row->time, time);
    reel__csv_text(csv, time);
    reel__csv_int(csv, 1 + row->extra);
}

static reel_code put_films(reel_csv_writer *csv, const reel_imported *imported,
                           const reel_engine *engine, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < imported->film_count; i++) {
        const reel_import_film *film = &imported->films[i];
        const reel_movie movie = reel_dataset_movie(reel__engine_dataset(engine), film->movie);

        reel__csv_int(csv, movie.id);
        reel__csv_cell(csv, movie.name);
        put_int(csv, movie.year, movie.year > 0);
        put_int(csv, movie.imdb_id, movie.imdb_id > 0);
        put_int(csv, movie.tmdb_id, movie.tmdb_id > 0);
        put_given(csv, film->row);
        REEL_TRY(reel__csv_end_row(csv, err));
    }
out:
    return rc;
}

reel_code reel__import_write(const reel_imported *imported, const reel_engine *engine,
                             const char *path, reel_err *err)
{
    reel_csv_writer csv = {0};
    reel_code rc;

    REEL_TRY(reel__csv_open(&csv, NULL, path, COLUMNS, err));
    REEL_TRY(put_films(&csv, imported, engine, err));
    rc = reel__csv_commit(&csv, err);
out:
    reel__csv_abort(&csv);
    return rc;
}

reel_code reel__import_write_text(const reel_imported *imported, const reel_engine *engine,
                                  reel_buf *out, reel_err *err)
{
    reel_csv_writer csv = {0};
    reel_code rc;

    reel__csv_begin(&csv, COLUMNS);
    rc = put_films(&csv, imported, engine, err);
    if (rc == REEL_OK)
        reel__buf_append(out, csv.row.data, csv.row.length);
    reel__csv_abort(&csv);
    return rc;
}

/* "The Matrix (1999) [2571]" */
static void put_nearest(reel_buf *out, const reel_engine *engine, const reel_import_miss *miss)
{
    reel_movie movie;

    reel__buf_clear(out);
    if (miss->nearest < 0)
        return;
    movie = reel_dataset_movie(reel__engine_dataset(engine), miss->nearest);
    reel__buf_format(out, "%s (%d) [%lld]", movie.name, movie.year, (long long)movie.id);
}

static void put_miss(reel_csv_writer *csv, const reel_import_miss *miss, const char *nearest)
{
    const reel_import_row *row = miss->row;

    put_int(csv, row->movie, row->movie >= 0);
    reel__csv_cell(csv, row->title);
    put_int(csv, row->year, row->year > 0);
    put_int(csv, row->imdb_id, row->imdb_id > 0);
    put_int(csv, row->tmdb_id, row->tmdb_id > 0);
    put_given(csv, row);
    reel__csv_text(csv, miss->reason);
    reel__csv_cell(csv, nearest);
    reel__csv_cell(csv, row->file);
    reel__csv_int(csv, row->line);
}

reel_code reel__import_write_misses(const reel_imported *imported, const reel_engine *engine,
                                    const char *path, reel_err *err)
{
    reel_csv_writer csv = {0};
    reel_buf nearest;
    reel_code rc;

    reel__buf_init(&nearest, 1 << 16);
    REEL_TRY(reel__csv_open(&csv, NULL, path, COLUMNS ",reason,nearest,file,line", err));
    for (size_t i = 0; i < imported->miss_count; i++) {
        put_nearest(&nearest, engine, &imported->misses[i]);
        REEL_TRY(reel__buf_check(&nearest, err));
        put_miss(&csv, &imported->misses[i], nearest.length > 0 ? nearest.data : "");
        REEL_TRY(reel__csv_end_row(&csv, err));
    }
    rc = reel__csv_commit(&csv, err);
out:
    reel__csv_abort(&csv);
    reel__buf_fini(&nearest);
    return rc;
}

static void write_miss(reel_json *json, const reel_engine *engine, const reel_import_miss *miss)
{
    const reel_import_row *row = miss->row;

    reel__json_object(json);
    reel__json_put_text(json, "file", row->file);
    reel__json_put_int(json, "line", row->line);
    reel__json_put_known(json, "title", row->title);
    reel__json_put_id(json, "year", row->year > 0 ? row->year : -1);
    reel__json_put_text(json, "kind", reel__import_kind_name(row->kind));
    reel__json_put_real(json, "rating", row->rating);
    reel__json_put_text(json, "reason", miss->reason);
    reel__json_put_id(json, "nearest",
                      miss->nearest < 0
                          ? -1
                          : reel_dataset_movie_ids(reel__engine_dataset(engine))[miss->nearest]);
    reel__json_object_end(json);
}

void reel__import_write_json(reel_json *json, const reel_engine *engine,
                             const reel_imported *imported)
{
    const reel_import *source = imported->source;

    reel__json_object(json);
    reel__json_put_text(json, "format", reel__import_format_name(reel__import_format(source)));
    reel__json_put_text(json, "converted_from", reel__import_converted(source));
    reel__json_put_int(json, "rows", (int64_t)reel__import_count(source));
    reel__json_put_int(json, "films", (int64_t)imported->film_count);
    reel__json_put_int(json, "ratings", (int64_t)imported->kinds[REEL_IMPORT_RATED]);
    reel__json_put_int(json, "liked", (int64_t)imported->kinds[REEL_IMPORT_LIKED]);
    reel__json_put_int(json, "watched", (int64_t)imported->kinds[REEL_IMPORT_WATCHED]);
    reel__json_put_int(json, "watchlist", (int64_t)imported->kinds[REEL_IMPORT_WISHED]);
    reel__json_put_int(json, "repeated", (int64_t)imported->repeated);
    reel__json_put_int(json, "not_films", reel__import_not_films(source));
    reel__json_key(json, "unmatched");
    reel__json_array(json);
    for (size_t i = 0; i < imported->miss_count; i++)
        write_miss(json, engine, &imported->misses[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
}
