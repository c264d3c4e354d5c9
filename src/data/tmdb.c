/* tmdb.c - TMDb-shaped metadata, one object per line, joined to the films of a catalogue by TMDb
 * id, IMDb id or MovieLens id. Links are not always right: an object whose year of release is far
 * from the film's is not used.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "data/tmdb_priv.h"

enum { LINE_MAXIMUM = 1 << 22, DEPTH_MAXIMUM = 16, YEARS_APART = 2, TITLE_MAXIMUM = 200 };

/* Films by an id that several of them may share. */
typedef struct film_index {
    reel_map *first; /* id -> film */
    int32_t *next;   /* [films] the next film with the same id, -1 = none */
} film_index;

typedef struct enriching {
    reel_catalogue *catalogue;
    reel_rows rows;
    film_index by_tmdb, by_imdb;
    reel_enrich_report report;
} enriching;

/* ---- index --------------------------------------------------------------------------------- */

static reel_code film_index_init(film_index *out, const reel_catalogue *catalogue, bool imdb,
                                 reel_err *err)
{
    reel_code rc = REEL_OK;

    out->next = reel__alloc_array(catalogue->movies_count, sizeof *out->next);
    if (out->next == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to join metadata");
    REEL_TRY(reel__map_new(&out->first, catalogue->movies_count, err));
    for (size_t i = catalogue->movies_count; i-- > 0;) {
        const int64_t id = imdb ? catalogue->movies[i].imdb_id : catalogue->movies[i].tmdb_id;
        int64_t known = -1;

        if (id == 0)
            continue;
        (void)reel__map_get(out->first, id, &known);
        out->next[i] = (int32_t)known;
        REEL_TRY(reel__map_put(out->first, id, (int64_t)i, err));
    }
out:
    return rc;
}

static void film_index_fini(film_index *index)
{
    reel__map_free(index->first);
    reel__free(index->next);
}

static int32_t first_film(const film_index *index, int64_t id)
{
    int64_t film = -1;

    return id != 0 && reel__map_get(index->first, id, &film) ? (int32_t)film : -1;
}

/* ---- what a person said -------------------------------------------------------------------- */

/* Links may say otherwise, and are read later. */
static void apply_verdict(const reel_catalogue *catalogue, size_t index)
{
    const struct catalogue_verdict *said = &catalogue->verdicts[index];
    reel_movie *film = &catalogue->movies[index];

    if (said->tmdb_id != 0 && said->accepted)
        film->tmdb_id = said->tmdb_id;
    else if (said->tmdb_id != 0 && film->tmdb_id == said->tmdb_id)
        film->tmdb_id = 0; /* or pages would link to the other film */
}

reel_code reel__catalogue_decide(reel_catalogue *catalogue, size_t index, int64_t tmdb_id,
                                 bool accepted, reel_err *err)
{
    if (catalogue->verdicts == NULL)
        catalogue->verdicts =
            reel__alloc_zero(catalogue->movies_count, sizeof *catalogue->verdicts);
    if (catalogue->verdicts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for what was said of films");
    catalogue->verdicts[index].tmdb_id = tmdb_id;
    catalogue->verdicts[index].accepted = accepted;
    apply_verdict(catalogue, index);
    return REEL_OK;
}

bool reel__catalogue_accepted(const reel_catalogue *catalogue, size_t index)
{
    return catalogue->verdicts != NULL && catalogue->verdicts[index].accepted;
}

/* Of this film and an object; NULL when nobody did. */
static const struct catalogue_verdict *verdict_on(const reel_catalogue *catalogue, size_t index,
                                                  int64_t tmdb_id)
{
    return catalogue->verdicts != NULL && tmdb_id > 0 &&
                   catalogue->verdicts[index].tmdb_id == tmdb_id
               ? &catalogue->verdicts[index]
               : NULL;
}

/* ---- joining ------------------------------------------------------------------------------- */

/* Kept for a person to look at. */
static reel_code doubt(enriching *work, reel_movie *film, reel_joined joined, const json_t *object,
                       reel_err *err)
{
    reel_code rc = REEL_OK;
    const char *title = "";

    REEL_TRY(reel__json_get_text(object, "title", &title, err));
    reel__buf_clear(&work->catalogue->work);
    reel__text_clean(&work->catalogue->work, title,
                     reel__utf8_cut(title, strlen(title), TITLE_MAXIMUM));
    REEL_TRY(reel__buf_check(&work->catalogue->work, err));
    REEL_TRY(reel__catalogue_keep(work->catalogue, &joined.title, work->catalogue->work.data,
                                  work->catalogue->work.length, err));
    joined.join = REEL_JOIN_DOUBTFUL;
    work->catalogue->joined[film - work->catalogue->movies] = joined;
    work->report.doubtful++;
    film->tmdb_id = 0; /* or pages would link to the other film */
out:
    return rc;
}

static reel_code join_film(enriching *work, reel_movie *film, const char *by, const json_t *object,
                           reel_err *err)
{
    reel_code rc = REEL_OK;
    const size_t index = (size_t)(film - work->catalogue->movies);
    reel_joined *joined = &work->catalogue->joined[index];
    const struct catalogue_verdict *said;
    reel_joined found = {.join = REEL_JOIN_FOUND, .title = "", .by = by};

    if (joined->join == REEL_JOIN_FOUND)
        return REEL_OK;
    REEL_TRY(reel__tmdb_year(&found.year, object, err));
    REEL_TRY(reel__json_get_int(object, "id", &found.tmdb_id, err));
    REEL_TRY(reel__tmdb_fetched(&found.fetched_at, object, err));
    said = verdict_on(work->catalogue, index, found.tmdb_id);
    if (said != NULL ? !said->accepted : reel__catalogue_accepted(work->catalogue, index))
        return REEL_OK; /* not this film, or another one is */
    found.accepted = said != NULL;
    if (!found.accepted && found.year != 0 && film->year != 0 &&
        abs(found.year - film->year) > YEARS_APART)
        return doubt(work, film, found, object, err);
    REEL_TRY(reel__tmdb_fill(work->catalogue, film, object, err));
    *joined = found;
    work->report.matched++;
    work->report.with_overview += film->overview[0] != '\0';
out:
    return rc;
}

/* All films of a chain. */
static reel_code join_chain(enriching *work, const film_index *index, int32_t film,
                            const json_t *object, reel_err *err)
{
    const char *by = index == &work->by_tmdb ? "TMDb id" : "IMDb id";
    reel_code rc = REEL_OK;

    for (; film >= 0; film = index->next[film])
        REEL_TRY(join_film(work, &work->catalogue->movies[film], by, object, err));
out:
    return rc;
}

static reel_code join_object(enriching *work, const json_t *object, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_tmdb_ids ids;
    int32_t film = -1;
    reel_movie *by_id = NULL;

    if (!json_is_object(object))
        return reel_fail(err, REEL_E_INVALID, "expected a JSON object");
    REEL_TRY(reel__tmdb_ids(&ids, object, err));
    film = first_film(&work->by_tmdb, ids.tmdb_id);
    if (film >= 0)
        return join_chain(work, &work->by_tmdb, film, object, err);
    film = first_film(&work->by_imdb, ids.imdb_id);
    if (film >= 0)
        return join_chain(work, &work->by_imdb, film, object, err);
    by_id = reel__catalogue_find(work->catalogue, ids.movie_id);
    if (by_id != NULL)
        REEL_TRY(join_film(work, by_id, "MovieLens id", object, err));
out:
    return rc;
}

/* ---- lines --------------------------------------------------------------------------------- */

static reel_code read_line(enriching *work, reel_err *err)
{
    reel_rows *rows = &work->rows;
    reel_err why = {0};
    json_t *object = NULL;
    reel_code rc = REEL_OK;

    if (rows->text.length > LINE_MAXIMUM)
        return reel__rows_bad(rows, err, "line of %zu bytes is too long", rows->text.length);
    rc = reel__json_parse(&object, rows->text.text, rows->text.length, DEPTH_MAXIMUM, &why);
    if (rc == REEL_OK) {
        rc = join_object(work, object, &why);
        json_decref(object);
    }
    if (rc == REEL_OK)
        rows->rows++;
    else if (rc == REEL_E_NOMEM)
        rc = reel_fail(err, rc, "%s:%" PRId64 ": %s", rows->path, rows->line, why.msg);
    else
        rc = reel__rows_bad(rows, err, "%.200s%s", why.msg,
                            rows->cut && rc == REEL_E_SYNTAX
                                ? " (the last line is cut: is the file complete?)"
                                : "");
    return rc;
}

static reel_code new_joined(reel_catalogue *catalogue, reel_err *err)
{
    reel__free(catalogue->joined);
    catalogue->joined = reel__alloc_zero(catalogue->movies_count, sizeof *catalogue->joined);
    if (catalogue->joined == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to join metadata");
    return REEL_OK;
}

static reel_code prepare(enriching *work, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; work->catalogue->verdicts != NULL && i < work->catalogue->movies_count; i++)
        apply_verdict(work->catalogue, i);
    REEL_TRY(film_index_init(&work->by_tmdb, work->catalogue, false, err));
    REEL_TRY(film_index_init(&work->by_imdb, work->catalogue, true, err));
    REEL_TRY(new_joined(work->catalogue, err));
out:
    return rc;
}

reel_code reel__read_tmdb(reel_catalogue *catalogue, const char *movies_jsonl,
                          const char *links_csv, const reel_read_opts *opts,
                          reel_enrich_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    enriching work = {.catalogue = catalogue};
    reel_read_report links = {0};

    if (report != NULL)
        *report = (reel_enrich_report){0};
    if (links_csv != NULL)
        REEL_TRY(reel__read_links(catalogue, links_csv, opts, &links, err));
    REEL_TRY(prepare(&work, err));
    REEL_TRY(reel__rows_open(&work.rows, movies_jsonl, "metadata", opts, err));
    work.rows.reported = &catalogue->reported;
    while (reel__rows_next(&work.rows))
        REEL_TRY(read_line(&work, err));
    REEL_TRY(reel__rows_end(&work.rows, NULL, err));
    work.report.objects = work.rows.rows;
    work.report.bad_rows = work.rows.bad_rows + links.bad_rows;
    if (report != NULL)
        *report = work.report;
out:
    reel__rows_close(&work.rows);
    film_index_fini(&work.by_tmdb);
    film_index_fini(&work.by_imdb);
    return rc;
}

reel_code reel__catalogue_links(reel_catalogue *catalogue, const char *path,
                                const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    return reel__read_links(catalogue, path, opts, report, err);
}

/* ---- one film ------------------------------------------------------------------------------ */

reel_code reel__catalogue_join(reel_catalogue *catalogue, size_t index, const char *text,
                               size_t length, reel_joined *joined, reel_err *err)
{
    enriching work = {.catalogue = catalogue};
    json_t *object = NULL;
    reel_code rc = REEL_OK;

    if (catalogue->joined == NULL)
        REEL_TRY(new_joined(catalogue, err));
    catalogue->joined[index] = (reel_joined){.title = ""};
    REEL_TRY(reel__json_parse(&object, text, length, DEPTH_MAXIMUM, err));
    if (!json_is_object(object))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "expected a JSON object"));
    REEL_TRY(join_film(&work, &catalogue->movies[index], "TMDb id", object, err));
    *joined = catalogue->joined[index];
out:
    json_decref(object);
    return rc;
}
