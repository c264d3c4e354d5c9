/* import_match.c - which film of the catalogue a row means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/readers.h"
#include "service/files/import_priv.h"

static const double GRADES[] = {
    [REEL_TITLE_FULL] = 1, [REEL_TITLE_BARE] = 0.98, [REEL_TITLE_OTHER] = 0.97};
static const double NEXT_YEAR = 0.05, NO_YEAR = 0.1, OTHER_ID = 0.2, MOST_RATED = 0.1;
static const double CLEARLY_BETTER = 0.015;
enum { FAR_MORE_RATED = 10, TEXT_MOST = 1 << 20 };

/* ---- the index ----------------------------------------------------------------------------- */

static reel_code index_ids(reel_import_index *m, reel_err *err)
{
    const reel_dataset *dataset = m->engine->dataset;
    const reel_index movies = reel_dataset_movies(dataset);
    reel_code rc;

    REEL_TRY(reel__map_new(&m->imdb, (size_t)movies, err));
    REEL_TRY(reel__map_new(&m->tmdb, (size_t)movies, err));
    for (reel_index i = movies; i-- > 0;) { /* of two with the same id the first counts */
        const reel_movie film = reel_dataset_movie(dataset, i);

        if (film.imdb_id > 0)
            REEL_TRY(reel__map_put(m->imdb, film.imdb_id, i, err));
        if (film.tmdb_id > 0)
            REEL_TRY(reel__map_put(m->tmdb, film.tmdb_id, i, err));
    }
out:
    return rc;
}

static reel_code index_titles(reel_import_index *m, reel_err *err)
{
    const size_t keys = reel__search_title_count(m->index);
    reel_code rc;

    m->first = reel__alloc_array(keys, sizeof *m->first);
    m->next = reel__alloc_array(keys, sizeof *m->next);
    m->film = reel__alloc_array(keys, sizeof *m->film);
    m->grade = reel__alloc_array(keys, sizeof *m->grade);
    if (m->first == NULL || m->next == NULL || m->film == NULL || m->grade == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to match an import");
    REEL_TRY(reel__intern_new(&m->keys, err));
    for (size_t i = 0; i < keys; i++) {
        const reel_title_key key = reel__search_title(m->index, i);
        const int32_t known = reel__intern_count(m->keys);
        int32_t id;

        REEL_TRY(reel__intern_add(m->keys, key.text, key.length, &id, err));
        m->film[i] = key.movie;
        m->grade[i] = (uint8_t)key.grade;
        m->next[i] = id == known ? -1 : m->first[id];
        m->first[id] = (int32_t)i;
    }
out:
    return rc;
}

reel_code reel__import_index_init(reel_import_index *out, const reel_engine *engine, reel_err *err)
{
    reel_code rc;

    *out = (reel_import_index){.engine = engine};
    reel__buf_init(&out->plain, TEXT_MOST);
    reel__buf_init(&out->name, TEXT_MOST);
    REEL_TRY(reel__search_get_index(&out->index, engine, err));
    REEL_TRY(index_ids(out, err));
    rc = index_titles(out, err);
out:
    if (rc != REEL_OK)
        reel__import_index_fini(out);
    return rc;
}

void reel__import_index_fini(reel_import_index *matcher)
{
    reel__map_free(matcher->imdb);
    reel__map_free(matcher->tmdb);
    reel__intern_free(matcher->keys);
    reel__free(matcher->first);
    reel__free(matcher->next);
    reel__free(matcher->film);
    reel__free(matcher->grade);
    reel__buf_fini(&matcher->plain);
    reel__buf_fini(&matcher->name);
    *matcher = (reel_import_index){0};
}

/* ---- by id --------------------------------------------------------------------------------- */

static bool by_id(const reel_import_index *m, const reel_import_row *row, reel_import_found *out)
{
    int64_t film = -1;

    if (row->movie >= 0)
        film = reel_dataset_find_movie(m->engine->dataset, row->movie);
    if (film < 0 && row->imdb_id > 0)
        (void)reel__map_get(m->imdb, row->imdb_id, &film);
    if (film < 0 && row->tmdb_id > 0)
        (void)reel__map_get(m->tmdb, row->tmdb_id, &film);
    *out = (reel_import_found){.movie = (reel_index)film, .score = film < 0 ? 0 : 1};
    return film >= 0;
}

/* ---- by title ------------------------------------------------------------------------------ */

typedef struct finding {
    const reel_import_index *matcher;
    const reel_import_row *row;
    int32_t year; /* of the row, or the one its title ends with */
    reel_index best, second;
    double best_score, second_score;
    reel_index other_year; /* called so, but of another year */
} finding;

static int64_t rated(const finding *find, reel_index film)
{
    const reel_csr_view raters = reel_dataset_raters(find->matcher->engine->dataset);

    return raters.ptr[film + 1] - raters.ptr[film];
}

static double judge(finding *find, int grade, reel_index film)
{
    const reel_movie movie = reel_dataset_movie(find->matcher->engine->dataset, film);
    double score = GRADES[grade];

    if (find->year == 0 || movie.year == 0) {
        score -= NO_YEAR;
    } else if (movie.year != find->year) {
        if (abs(movie.year - find->year) > 1) {
            find->other_year = film;
            return 0;
        }
        score -= NEXT_YEAR;
    }
    if ((find->row->imdb_id > 0 && movie.imdb_id > 0 && find->row->imdb_id != movie.imdb_id) ||
        (find->row->tmdb_id > 0 && movie.tmdb_id > 0 && find->row->tmdb_id != movie.tmdb_id))
        score -= OTHER_ID;
    return score;
}

static void offer(finding *find, reel_index film, double score)
{
    const bool better = score > find->best_score || (score == find->best_score && find->best >= 0 &&
                                                     rated(find, film) > rated(find, find->best));

    if (score <= 0 || (film == find->best && score <= find->best_score))
        return;
    if (better) {
        if (film != find->best) {
            find->second = find->best;
            find->second_score = find->best_score;
        }
        find->best = film;
        find->best_score = score;
    } else if (score > find->second_score) {
        find->second = film;
        find->second_score = score;
    }
}

static void look_up(finding *find, const char *plain, size_t length, double less)
{
    const reel_import_index *m = find->matcher;
    const int32_t id = reel__intern_find(m->keys, plain, length < 255 ? length : 255);

    for (int32_t i = id < 0 ? -1 : m->first[id]; i >= 0; i = m->next[i])
        offer(find, m->film[i], judge(find, m->grade[i], m->film[i]) - less);
}

static void name_film(char *out, size_t size, const finding *find, reel_index film)
{
    const reel_movie movie = reel_dataset_movie(find->matcher->engine->dataset, film);

    (void)snprintf(out, size, "%.110s (%d) [%lld]", movie.name, movie.year, (long long)movie.id);
}

static void conclude(finding *find, reel_import_found *out)
{
    char one[160], two[160];

    *out = (reel_import_found){.movie = -1};
    if (find->best < 0) {
        if (find->other_year < 0) {
            (void)snprintf(out->reason, sizeof out->reason, "no film is called so");
            return;
        }
        name_film(one, sizeof one, find, find->other_year);
        (void)snprintf(out->reason, sizeof out->reason, "the year is another than that of %s", one);
        return;
    }
    name_film(one, sizeof one, find, find->best);
    if (find->second >= 0 && find->second_score > find->best_score - CLEARLY_BETTER) {
        name_film(two, sizeof two, find, find->second);
        if (rated(find, find->best) < FAR_MORE_RATED * (rated(find, find->second) + 1)) {
            (void)snprintf(out->reason, sizeof out->reason, "several films are called so: %s, %s",
                           one, two);
            return;
        }
        find->best_score -= MOST_RATED;
    }
    out->score = find->best_score;
    if (out->score + 1e-9 >= REEL_IMPORT_SURE)
        out->movie = find->best;
    else
        (void)snprintf(out->reason, sizeof out->reason, "not sure enough that it is %s", one);
}

reel_code reel__import_index_find(reel_import_index *matcher, const reel_import_row *row,
                                  reel_import_found *out, reel_err *err)
{
    finding find = {.matcher = matcher,
                    .row = row,
                    .year = row->year,
                    .best = -1,
                    .second = -1,
                    .other_year = -1};
    reel_buf *plain = &matcher->plain, *name = &matcher->name;
    int32_t year = 0;
    size_t skip;
    reel_code rc;

    if (by_id(matcher, row, out))
        return REEL_OK;
    if (row->title[0] == '\0') {
        (void)snprintf(out->reason, sizeof out->reason, "no film has this id");
        return REEL_OK;
    }
    reel__buf_clear(name);
    reel__buf_clear(plain);
    reel__title_parse(row->title, strlen(row->title), name, &year);
    REEL_TRY(reel__buf_check(name, err));
    if (find.year == 0)
        find.year = year;
    reel__search_plain(plain, row->title, strlen(row->title));
    REEL_TRY(reel__buf_check(plain, err));
    look_up(&find, plain->data, plain->length, 0);
    if (find.best < 0) { /* "Matrix, The (1999)" */
        reel__buf_clear(plain);
        reel__search_plain(plain, name->data, name->length);
        REEL_TRY(reel__buf_check(plain, err));
        look_up(&find, plain->data, plain->length, 0);
    }
    skip = find.best < 0 ? reel__search_article(plain->data, plain->length) : 0;
    if (skip > 0)
        look_up(&find, plain->data + skip, plain->length - skip,
                GRADES[REEL_TITLE_FULL] - GRADES[REEL_TITLE_BARE]);
    conclude(&find, out);
out:
    return rc;
}
