/* evaluate_read.c - the data of an evaluation: a MovieLens folder, a store, a file of ratings, or
 * files that say what is held out, whose pairs become one set of ratings with a fate each.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "data/named.h"
#include "service/measure/evaluate_priv.h"
#include "service/models/source.h"

enum { ID_TEXT = 32 };

static reel_read_opts reading(const reel_evaluate_opts *opts)
{
    return (reel_read_opts){.strict = !opts->skip_wrong_rows, .progress = opts->progress};
}

/* ---- films --------------------------------------------------------------------------------- */

static reel_folder folder_of(const char *path, const reel_evaluate_opts *opts)
{
    return (reel_folder){
        .path = path, .tmdb = opts->tmdb, .links = opts->links, .progress = opts->progress};
}

/* Ids of the films that files speak of. */
typedef struct film_ids {
    int64_t *ids;
    size_t count;
} film_ids;

static int by_id(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static void add_ids(film_ids *films, const reel_ratings *ratings)
{
    for (size_t i = 0; i < ratings->count; i++)
        films->ids[films->count++] = ratings->items[i].movie;
}

static void sort_ids(film_ids *films)
{
    size_t kept = 0;

    qsort(films->ids, films->count, sizeof *films->ids, by_id);
    for (size_t i = 0; i < films->count; i++)
        if (kept == 0 || films->ids[kept - 1] != films->ids[i])
            films->ids[kept++] = films->ids[i];
    films->count = kept;
}

static int by_movie_id(const void *a, const void *b)
{
    const reel_movie *left = *(const reel_movie *const *)a, *right = *(const reel_movie *const *)b;

    return (left->id > right->id) - (left->id < right->id);
}

/* Pointers to the films of a catalogue by ascending id, owned by the caller; NULL without memory.
 */
static const reel_movie **sort_catalogue(const reel_catalogue *catalogue)
{
    const size_t count = reel__catalogue_movies(catalogue);
    const reel_movie **out = reel__alloc_array(count, sizeof *out);

    for (size_t i = 0; out != NULL && i < count; i++)
        out[i] = reel__catalogue_movie(catalogue, i);
    if (out != NULL)
        qsort(out, count, sizeof *out, by_movie_id);
    return out;
}

/* The films of some files, with what the catalogue knows of them; films that only the catalogue
 * has stay out, so that the candidates are those of the files. */
static reel_code add_films(reel_dataset_builder *builder, film_ids *films,
                           const reel_evaluate_opts *opts, reel_err *err)
{
    reel_catalogue *catalogue = NULL;
    const reel_movie **known = NULL;
    reel_generation generation;
    size_t known_count = 0, at = 0;
    reel_code rc = REEL_OK;

    sort_ids(films);
    if (opts->catalogue != NULL) {
        const reel_folder folder = folder_of(opts->catalogue, opts);

        REEL_TRY(reel__folder_films(&catalogue, &generation, &folder, err));
        known_count = reel__catalogue_movies(catalogue);
        known = sort_catalogue(catalogue);
        if (known == NULL)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu films", known_count));
    }
    for (size_t i = 0; i < films->count; i++) {
        char name[ID_TEXT];
        reel_movie bare = {.id = films->ids[i],
                           .title = name,
                           .name = name,
                           .vote_average = NAN,
                           .popularity = NAN};

        (void)snprintf(name, sizeof name, "%lld", (long long)films->ids[i]);
        while (at < known_count && known[at]->id < films->ids[i])
            at++;
        REEL_TRY(reel_dataset_builder_add_movie(
            builder, at < known_count && known[at]->id == films->ids[i] ? known[at] : &bare, err));
    }
out:
    reel__free(known);
    reel__catalogue_free(catalogue);
    return rc;
}

/* ---- one set of ratings -------------------------------------------------------------------- */

static reel_code read_folder(reel_evaluate_data *out, reel_ratings *ratings,
                             const reel_evaluate_opts *opts, reel_err *err)
{
    reel_folder folder = folder_of(opts->movielens, opts);

    folder.strict = opts->folds_file != NULL;
    return reel__folder_read(&out->dataset, ratings, &folder, err);
}

/* Files joined to one dataset of their films. lines [optional]: candidates, which are films too. */
static reel_code join(reel_evaluate_data *out, const reel_ratings *parts[2],
                      const reel_candidate_file *lines, const reel_evaluate_opts *opts,
                      reel_err *err)
{
    film_ids films = {.ids =
                          reel__alloc_array(parts[0]->count + parts[1]->count + lines->item_count,
                                            sizeof *films.ids)};
    reel_dataset_builder *builder = NULL;
    reel_code rc = REEL_OK;

    if (films.ids == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for the films of the files"));
    add_ids(&films, parts[0]);
    add_ids(&films, parts[1]);
    if (lines->item_count > 0)
        memcpy(films.ids + films.count, lines->items, lines->item_count * sizeof *films.ids);
    films.count += lines->item_count;
    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(add_films(builder, &films, opts, err));
    for (int i = 0; i < 2; i++)
        REEL_TRY(reel_dataset_builder_add_ratings(builder, parts[i]->items, parts[i]->count, err));
    REEL_TRY(reel_dataset_builder_finish(&out->dataset, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    reel__free(films.ids);
    return rc;
}

/* Texts in files become numbers; candidates and the films of a catalogue cannot be joined to them.
 */
static reel_code number_texts(reel_named *const *lists, size_t count,
                              const reel_evaluate_opts *opts, reel_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const bool items = lists[i]->movies != NULL, people = lists[i]->people != NULL;

        if ((items && opts->catalogue != NULL) || ((items || people) && opts->candidates != NULL))
            return reel_fail(err, REEL_E_INVALID,
                             "%s \"%.40s\" is a text: %s by numbers cannot be brought together "
                             "with the files",
                             items ? "item" : "user",
                             reel__intern_text(items ? lists[i]->movies : lists[i]->people, 0),
                             opts->candidates != NULL ? "candidates" : "films of a catalogue");
    }
    return reel__named_number(lists, count, err);
}

/* Files of ratings as numbers that mean the same in all of them. */
static reel_code read_numbered(reel_ratings *const *out, const char *const *paths, size_t count,
                               const reel_evaluate_opts *opts, reel_err *err)
{
    const reel_read_opts read = reading(opts);
    reel_named named[2] = {{.rated = false}, {.rated = false}}, *lists[2] = {&named[0], &named[1]};
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count; i++)
        REEL_TRY(reel__read_named(&named[i], paths[i], REEL_THIRD_RATING, &read, NULL, err));
    REEL_TRY(number_texts(lists, count, opts, err));
    for (size_t i = 0; i < count; i++) {
        *out[i] = named[i].ratings;
        named[i].ratings = (reel_ratings){0};
    }
out:
    for (size_t i = 0; i < count; i++)
        reel__named_fini(&named[i]);
    return rc;
}

static reel_code read_list(reel_evaluate_data *out, reel_ratings *ratings,
                           const reel_evaluate_opts *opts, reel_err *err)
{
    const reel_candidate_file no_lines = {0};
    const reel_ratings none = {0}, *parts[2] = {ratings, &none};
    const reel_code rc = read_numbered(&ratings, &opts->ratings, 1, opts, err);

    return rc == REEL_OK ? join(out, parts, &no_lines, opts, err) : rc;
}

/* ---- fates --------------------------------------------------------------------------------- */

reel_nnz reel__evaluate_find(const reel_dataset *dataset, int64_t person, int64_t movie)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const reel_index row = reel_dataset_find_person(dataset, person);
    const reel_index column = reel_dataset_find_movie(dataset, movie);
    reel_nnz begin, end;

    if (row < 0 || column < 0)
        return -1;
    begin = r.ptr[row];
    end = r.ptr[row + 1];
    while (end - begin > 1) {
        const reel_nnz middle = begin + (end - begin) / 2;

        if (r.col[middle] <= column)
            begin = middle;
        else
            end = middle;
    }
    return begin < end && r.col[begin] == column ? begin : -1;
}

static reel_code new_marks(uint8_t **out, const reel_dataset *dataset, reel_err *err)
{
    const size_t count = (size_t)reel_dataset_ratings(dataset).ptr[reel_dataset_people(dataset)];

    *out = reel__alloc_zero(count, sizeof **out);
    return *out != NULL ? REEL_OK
                        : reel_fail(err, REEL_E_NOMEM, "no memory to split %zu ratings", count);
}

static reel_code mark_fates(uint8_t *fate, const reel_dataset *dataset, const reel_ratings *train,
                            const reel_ratings *test, reel_err *err)
{
    for (size_t i = 0; i < test->count; i++)
        fate[reel__evaluate_find(dataset, test->items[i].person, test->items[i].movie)] =
            REEL_FATE_TEST;
    for (size_t i = 0; i < train->count; i++) {
        const reel_rating *r = &train->items[i];

        if (fate[reel__evaluate_find(dataset, r->person, r->movie)] == REEL_FATE_TEST)
            return reel_fail(err, REEL_E_INVALID,
                             "user %lld, item %lld is in both files: nothing would be held out",
                             (long long)r->person, (long long)r->movie);
    }
    return REEL_OK;
}

/* The held-out films of a candidate file are those that are not trained on. */
static reel_code mark_held(reel_evaluate_data *out, const reel_candidate_file *lines, reel_err *err)
{
    for (size_t i = 0; i < lines->count; i++) {
        const reel_candidate_line *line = &lines->lines[i];
        const reel_nnz at = reel__evaluate_find(out->dataset, line->person, line->held);

        if (at < 0)
            return reel_fail(err, REEL_E_INVALID,
                             "candidates: user %lld has no rating of item %lld in the data",
                             (long long)line->person, (long long)line->held);
        out->fate[at] = REEL_FATE_TEST;
    }
    return reel__candidates_index(&out->candidates, lines, out->dataset, err);
}

/* What candidate lines hold out, as ratings. */
static reel_code held_of_lines(reel_ratings *out, const reel_candidate_file *lines, reel_err *err)
{
    out->items = reel__alloc_array(lines->count, sizeof *out->items);
    if (out->items == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu held-out ratings", lines->count);
    for (size_t i = 0; i < lines->count; i++)
        out->items[i] = (reel_rating){
            .person = lines->lines[i].person, .movie = lines->lines[i].held, .value = 1};
    out->count = out->capacity = lines->count;
    return REEL_OK;
}

/* Training ratings, and what is held out by a second file or by candidates. */
static reel_code read_files(reel_evaluate_data *out, const reel_candidate_file *lines,
                            const reel_evaluate_opts *opts, reel_err *err)
{
    const char *const paths[2] = {opts->train, opts->test};
    reel_ratings train = {0}, test = {0}, *lists[2] = {&train, &test};
    const reel_ratings *parts[2] = {&train, &test};
    reel_code rc = REEL_OK;

    REEL_TRY(read_numbered(lists, paths, opts->test != NULL ? 2 : 1, opts, err));
    if (opts->test == NULL)
        REEL_TRY(held_of_lines(&test, lines, err));
    REEL_TRY(join(out, parts, lines, opts, err));
    REEL_TRY(new_marks(&out->fate, out->dataset, err));
    REEL_TRY(mark_fates(out->fate, out->dataset, &train, &test, err));
out:
    reel__ratings_fini(&train);
    reel__ratings_fini(&test);
    return rc;
}

/* ---- folds --------------------------------------------------------------------------------- */

/* The next fold number of a text, or -1 with a reason. */
static int next_fold(const char **at, const char *end)
{
    int fold = 0, digits = 0;

    while (*at < end && (**at == ' ' || **at == '\r' || **at == '\n'))
        (*at)++;
    while (*at < end && **at >= '0' && **at <= '9' && digits < 3) {
        fold = 10 * fold + (**at - '0');
        (*at)++;
        digits++;
    }
    return digits > 0 && fold < REEL_ROUNDS_MAX ? fold : -1;
}

static bool only_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\r' || *at == '\n'))
        at++;
    return at == end;
}

static reel_code take_folds(reel_evaluate_data *out, const reel_ratings *ratings,
                            const reel_file_map *map, const char *path, reel_err *err)
{
    const char *at = (const char *)map->data, *end = at + map->size_bytes;

    for (size_t i = 0; i < ratings->count; i++) {
        const int fold = next_fold(&at, end);
        const reel_nnz place =
            reel__evaluate_find(out->dataset, ratings->items[i].person, ratings->items[i].movie);

        if (fold < 0)
            return reel_fail(err, REEL_E_FORMAT,
                             "%s:%zu: expected a fold from 0 to %d for each of %zu ratings", path,
                             i + 1, REEL_ROUNDS_MAX - 1, ratings->count);
        if (place >= 0)
            out->fold[place] = (uint8_t)fold;
        out->folds = fold + 1 > out->folds ? fold + 1 : out->folds;
    }
    if (!only_blanks(at, end))
        return reel_fail(err, REEL_E_FORMAT, "%s: there are more folds than ratings (%zu)", path,
                         ratings->count);
    if (out->folds < 2)
        return reel_fail(err, REEL_E_FORMAT, "%s: all ratings are in one fold", path);
    return REEL_OK;
}

static reel_code read_folds(reel_evaluate_data *out, const reel_ratings *ratings, const char *path,
                            reel_err *err)
{
    reel_file_map map;
    reel_code rc = new_marks(&out->fold, out->dataset, err);

    if (rc == REEL_OK)
        rc = reel__file_map_open(&map, path, err);
    if (rc != REEL_OK)
        return rc;
    rc = take_folds(out, ratings, &map, path, err);
    reel__file_map_close(&map);
    return rc;
}

/* ---- the door ------------------------------------------------------------------------------ */

static reel_code check_sources(const reel_evaluate_opts *opts, reel_err *err)
{
    const int files = (opts->train != NULL) + (opts->test != NULL || opts->candidates != NULL);
    const int lists =
        (opts->movielens != NULL) + (opts->database != NULL) + (opts->ratings != NULL);
    const bool split = opts->train != NULL || opts->test != NULL;

    if (lists + split != 1 || (split && (files < 2 || opts->train == NULL)))
        return reel_fail(err, REEL_E_INVALID,
                         "say what to evaluate on: either --movielens DIR, --database FILE, "
                         "--ratings FILE, or --train FILE with --test FILE");
    if (opts->folds_file != NULL && opts->movielens == NULL && opts->ratings == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "folds of a file need the ratings in their order: --movielens or "
                         "--ratings");
    if (opts->catalogue != NULL && (opts->movielens != NULL || opts->database != NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "a catalogue goes with --ratings or --train; the films are known here");
    if (opts->tmdb != NULL && opts->movielens == NULL && opts->catalogue == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "metadata of films need the films: --movielens or --catalogue");
    return REEL_OK;
}

static reel_code read_source(reel_evaluate_data *out, reel_ratings *ratings,
                             const reel_evaluate_opts *opts, reel_err *err)
{
    if (opts->movielens != NULL)
        return read_folder(out, ratings, opts, err);
    if (opts->database != NULL)
        return reel__source_store(&out->dataset, opts->database, opts->progress, err);
    return read_list(out, ratings, opts, err);
}

reel_code reel__evaluate_read(reel_evaluate_data *out, const reel_evaluate_opts *opts,
                              reel_err *err)
{
    reel_candidate_file lines = {0};
    reel_ratings ratings = {0};
    reel_code rc = REEL_OK;

    *out = (reel_evaluate_data){0};
    REEL_TRY(check_sources(opts, err));
    if (opts->candidates != NULL)
        REEL_TRY(reel__candidates_read(&lines, opts->candidates, err));
    if (opts->train != NULL)
        REEL_TRY(read_files(out, &lines, opts, err));
    else
        REEL_TRY(read_source(out, &ratings, opts, err));
    if (opts->folds_file != NULL)
        REEL_TRY(read_folds(out, &ratings, opts->folds_file, err));
    if (opts->candidates != NULL) {
        if (out->fate == NULL)
            REEL_TRY(new_marks(&out->fate, out->dataset, err));
        REEL_TRY(mark_held(out, &lines, err));
    }
out:
    reel__candidate_file_fini(&lines);
    reel__ratings_fini(&ratings);
    if (rc != REEL_OK)
        reel__evaluate_data_fini(out);
    return rc;
}

void reel__evaluate_data_fini(reel_evaluate_data *data)
{
    reel_dataset_free(data->dataset);
    reel__free(data->fate);
    reel__free(data->fold);
    reel__csr_fini(&data->candidates);
    *data = (reel_evaluate_data){0};
}
