/* films_mongo.c - see films_mongo.h. */
#include "service/films/films_mongo.h"

#include "base/file.h"
#include "service/films/metadata.h"
#include "service/models/source.h"
#include "store/mongo/mongo.h"

enum { PUT_AT_ONCE = 500, LINE_MOST = 1 << 22, GATHER_BYTES = 1 << 15 };

/* ---- out ----------------------------------------------------------------------------------- */

static reel_code put_films(reel_mongo *mongo, const reel_dataset *dataset, int64_t *count,
                           reel_err *err)
{
    reel_movie films[PUT_AT_ONCE];
    const reel_index movies = reel_dataset_movies(dataset);
    size_t n = 0;
    reel_code rc = REEL_OK;

    for (reel_index i = 0; i < movies; i++) {
        const reel_movie film = reel_dataset_movie(dataset, i);

        if (reel__metadata_has(&film))
            films[n++] = film;
        if (n == PUT_AT_ONCE || (i + 1 == movies && n > 0)) {
            REEL_TRY(reel__mongo_put_movies(mongo, films, n, err));
            *count += (int64_t)n;
            n = 0;
        }
    }
out:
    return rc;
}

reel_code reel__films_to_mongo(const char *database, const char *uri, int64_t *count, reel_err *err)
{
    const reel_source source = {.database = database, .whole = true};
    reel_dataset *dataset = NULL;
    reel_mongo *mongo = NULL;
    char shown[REEL_STORE_NAME];
    reel_code rc = REEL_OK;

    *count = 0;
    REEL_TRY(reel__mongo_open(&mongo, uri, err));
    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    REEL_TRY(put_films(mongo, dataset, count, err));
    reel__store_name(shown, database);
    if (*count == 0)
        rc = reel_fail(err, REEL_E_NOTFOUND,
                       "%s: no film has metadata; `reel enrich --database %s` brings some", shown,
                       shown);
out:
    reel_dataset_free(dataset);
    reel__mongo_close(mongo);
    return rc;
}

/* ---- back ---------------------------------------------------------------------------------- */

typedef struct lines {
    reel_file_writer *file;
    reel_buf text;
    int64_t count;
    reel_code rc;
    reel_err *err;
} lines;

static reel_code flush(lines *l)
{
    reel_code rc;

    REEL_TRY(reel__buf_check(&l->text, l->err));
    if (l->text.length > 0)
        REEL_TRY(reel__file_writer_write(l->file, l->text.data, l->text.length, l->err));
    reel__buf_clear(&l->text);
out:
    return rc;
}

static bool put_line(void *user, const reel_movie *film)
{
    lines *l = user;

    l->count++;
    reel__metadata_line(&l->text, film);
    if (l->text.length >= GATHER_BYTES || l->text.failed)
        l->rc = flush(l);
    return l->rc == REEL_OK;
}

reel_code reel__films_from_mongo(const char *uri, const char *output, reel_mongo_films *report,
                                 reel_err *err)
{
    lines l = {.err = err};
    reel_mongo *mongo = NULL;
    reel_file_writer *done;
    reel_code rc = REEL_OK;

    *report = (reel_mongo_films){0};
    reel__buf_init(&l.text, LINE_MOST);
    REEL_TRY(reel__mongo_open(&mongo, uri, err));
    REEL_TRY(reel__file_writer_open(&l.file, output, err));
    REEL_TRY(reel__mongo_scan_movies(mongo, put_line, &l, &report->skipped, err));
    REEL_TRY(l.rc);
    REEL_TRY(flush(&l));
    report->films = l.count;
    if (l.count == 0)
        REEL_TRY(reel_fail(err, REEL_E_NOTFOUND,
                           "%s: there are no films in movies_db.movies_enriched; "
                           "`reel enrich --to-mongo` puts them there",
                           reel__mongo_name(mongo)));
    done = l.file;
    l.file = NULL;
    rc = reel__file_writer_commit(done, err);
out:
    reel__file_writer_abort(l.file);
    reel__buf_fini(&l.text);
    reel__mongo_close(mongo);
    return rc;
}
