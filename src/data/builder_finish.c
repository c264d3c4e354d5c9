/* builder_finish.c - turns what a builder has collected into a dataset.
 * Films and people are ranked by id; the ratings are placed by two stable counting sorts (by movie,
 * then by person), so rows come out sorted without comparing and the whole is linear in the
 * ratings. Duplicates end up side by side in the order they came.
 */
#include "data/builder_priv.h"
#include "data/key_sort.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "num/csr.h"

/* ---- films ----------------------------------------------------------------------------------- */

typedef struct ranked {
    int64_t id;
    size_t number;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const int64_t x = ((const ranked *)a)->id, y = ((const ranked *)b)->id;

    return (x > y) - (x < y);
}

/* What finish() works with; everything is freed by finish_fini. */
typedef struct finish {
    reel_dataset_builder *builder;
    reel_dataset *dataset;
    reel_dataset_report report;
    ranked *order;      /* [films], then [people] */
    reel_index *column; /* [rated] column, -1 = not in the catalogue */
    reel_index *row;    /* [people] row, -1 = nobody with a rating kept */
    reel_nnz *kept;     /* [people] ratings kept */
    entry *by_movie;    /* [report.ratings] */
} finish;

static void finish_fini(finish *work)
{
    reel__free(work->order);
    reel__free(work->column);
    reel__free(work->row);
    reel__free(work->kept);
    reel__free(work->by_movie);
    reel_dataset_free(work->dataset);
}

/* A new array of the dataset, owned by it. */
static void *new_array(reel_dataset *dataset, int which, int64_t count)
{
    void *data = reel__alloc_array((size_t)count, reel__dataset_arrays[which].width);

    dataset->array[which] = data;
    dataset->count[which] = count;
    return data;
}

static reel_code add_rated_as_films(reel_dataset_builder *builder, reel_err *err)
{
    reel_code rc = REEL_OK;
    char name[24];

    for (size_t i = 0; i < builder->rated.count; i++) {
        const reel_movie movie = {.id = builder->rated.ids[i],
                                  .title = name,
                                  .name = name,
                                  .vote_average = NAN,
                                  .popularity = NAN};

        (void)snprintf(name, sizeof name, "%" PRId64, movie.id);
        REEL_TRY(reel_dataset_builder_add_movie(builder, &movie, err));
    }
out:
    return rc;
}

static reel_code new_film_arrays(reel_dataset *dataset, int64_t films, size_t heap_size,
                                 reel_err *err)
{
    for (int i = ARRAY_MOVIE_ID; i <= ARRAY_TEXT; i++) {
        const int64_t count = i == ARRAY_TEXT          ? (int64_t)heap_size
                              : i == ARRAY_TEXT_OFFSET ? films * TEXT_FIELDS + 1
                                                       : films;

        if (new_array(dataset, i, count) == NULL)
            return reel__builder_no_memory(err, "the catalogue");
    }
    return REEL_OK;
}

static void place_film(reel_dataset *dataset, size_t at, const film *from)
{
    ((int64_t *)(uintptr_t)dataset->array[ARRAY_MOVIE_ID])[at] = from->id;
    ((int64_t *)(uintptr_t)dataset->array[ARRAY_IMDB_ID])[at] = from->imdb_id;
    ((int64_t *)(uintptr_t)dataset->array[ARRAY_TMDB_ID])[at] = from->tmdb_id;
    ((int32_t *)(uintptr_t)dataset->array[ARRAY_YEAR])[at] = from->year;
    ((int32_t *)(uintptr_t)dataset->array[ARRAY_RUNTIME])[at] = from->runtime;
    ((int32_t *)(uintptr_t)dataset->array[ARRAY_VOTE_COUNT])[at] = from->vote_count;
    ((float *)(uintptr_t)dataset->array[ARRAY_VOTE_AVERAGE])[at] = from->vote_average;
    ((float *)(uintptr_t)dataset->array[ARRAY_POPULARITY])[at] = from->popularity;
}

/* Films by ascending id with their texts in the same order. */
static reel_code place_films(finish *work, reel_err *err)
{
    reel_code rc = REEL_OK;
    const reel_dataset_builder *builder = work->builder;
    reel_dataset *dataset = work->dataset;
    int64_t *offset = NULL;
    char *texts = NULL;
    size_t end = 0;

    work->order = reel__alloc_array(builder->films_count, sizeof *work->order);
    if (work->order == NULL)
        return reel__builder_no_memory(err, "the catalogue");
    for (size_t i = 0; i < builder->films_count; i++)
        work->order[i] = (ranked){builder->films[i].id, i};
    qsort(work->order, builder->films_count, sizeof *work->order, compare_ranked);
    REEL_TRY(new_film_arrays(dataset, (int64_t)builder->films_count, builder->heap.length, err));
    dataset->movies = (reel_index)builder->films_count;
    offset = (int64_t *)(uintptr_t)dataset->array[ARRAY_TEXT_OFFSET];
    texts = (char *)(uintptr_t)dataset->array[ARRAY_TEXT];
    for (size_t i = 0; i < builder->films_count; i++) {
        const film *from = &builder->films[work->order[i].number];
        size_t text = end;

        place_film(dataset, i, from);
        memcpy(texts + end, builder->heap.data + from->text, from->text_size);
        end += from->text_size;
        for (size_t field = 0; field < TEXT_FIELDS; field++) {
            *offset++ = (int64_t)text;
            text += strlen(texts + text) + 1;
        }
    }
    *offset = (int64_t)end;
out:
    return rc;
}

/* ---- ratings --------------------------------------------------------------------------------- */

static reel_code find_columns(finish *work, reel_err *err)
{
    const reel_dataset_builder *builder = work->builder;

    work->column = reel__alloc_array(builder->rated.count, sizeof *work->column);
    if (work->column == NULL)
        return reel__builder_no_memory(err, "the movies rated");
    for (size_t i = 0; i < builder->rated.count; i++)
        work->column[i] = reel_dataset_find_movie(work->dataset, builder->rated.ids[i]);
    return REEL_OK;
}

/* Rows for everyone of whom at least one rating is kept, by ascending id. */
static reel_code find_rows(finish *work, reel_err *err)
{
    const id_list *people = &work->builder->people;
    reel_index rows = 0;
    int64_t *ids = NULL;

    reel__free(work->order);
    work->order = reel__alloc_array(people->count, sizeof *work->order);
    work->row = reel__alloc_array(people->count, sizeof *work->row);
    work->kept = reel__alloc_zero(people->count, sizeof *work->kept);
    if (work->order == NULL || work->row == NULL || work->kept == NULL)
        return reel__builder_no_memory(err, "the people");
    for (size_t i = 0; i < work->builder->entries_count; i++)
        work->kept[work->builder->entries[i].person] +=
            work->column[work->builder->entries[i].movie] >= 0;
    for (size_t i = 0; i < people->count; i++) {
        work->row[i] = -1;
        if (work->kept[i] > 0)
            work->order[rows++] = (ranked){people->ids[i], i};
        work->report.ratings += work->kept[i];
    }
    work->report.unknown_movies = (int64_t)work->builder->entries_count - work->report.ratings;
    qsort(work->order, (size_t)rows, sizeof *work->order, compare_ranked);
    work->dataset->people = rows;
    ids = new_array(work->dataset, ARRAY_PERSON_ID, rows);
    if (ids == NULL)
        return reel__builder_no_memory(err, "the people");
    for (reel_index i = 0; i < rows; i++) {
        ids[i] = work->order[i].id;
        work->row[work->order[i].number] = i;
    }
    return REEL_OK;
}

/* First counting sort: the ratings kept, by column, in the order they came. */
static reel_code sort_by_movie(finish *work, reel_err *err)
{
    const size_t movies = (size_t)work->dataset->movies;
    const entry *entries = work->builder->entries;
    const size_t count = work->builder->entries_count;
    reel_nnz *next = reel__alloc_zero(movies + 1, sizeof *next);

    work->by_movie = reel__alloc_array((size_t)work->report.ratings, sizeof *work->by_movie);
    if (next == NULL || work->by_movie == NULL) {
        reel__free(next);
        return reel__builder_no_memory(err, "the ratings");
    }
    for (size_t i = 0; i < count; i++)
        if (work->column[entries[i].movie] >= 0)
            next[work->column[entries[i].movie] + 1]++;
    for (size_t m = 0; m < movies; m++)
        next[m + 1] += next[m];
    for (size_t i = 0; i < count; i++) {
        const reel_index column = work->column[entries[i].movie];

        if (column >= 0)
            work->by_movie[next[column]++] = (entry){.time = entries[i].time,
                                                     .person = work->row[entries[i].person],
                                                     .movie = column,
                                                     .value = entries[i].value};
    }
    reel__free(next);
    return REEL_OK;
}

/* The arrays of the ratings, to be filled. */
typedef struct placing {
    reel_nnz *ptr; /* [people + 1] where each row starts */
    reel_index *col;
    float *val;
    int64_t *time;
} placing;

static reel_code open_rows(placing *out, finish *work, reel_err *err)
{
    reel_dataset *dataset = work->dataset;
    const int64_t ratings = work->report.ratings;

    out->ptr = new_array(dataset, ARRAY_RATINGS_PTR, (int64_t)dataset->people + 1);
    out->col = new_array(dataset, ARRAY_RATINGS_COL, ratings);
    out->val = new_array(dataset, ARRAY_RATINGS_VAL, ratings);
    out->time = new_array(dataset, ARRAY_RATINGS_TIME, ratings);
    if (out->ptr == NULL || out->col == NULL || out->val == NULL || out->time == NULL)
        return reel__builder_no_memory(err, "the ratings");
    out->ptr[0] = 0;
    for (reel_index row = 0; row < dataset->people; row++)
        out->ptr[row + 1] = out->ptr[row] + work->kept[work->order[row].number];
    return REEL_OK;
}

/* Second counting sort: rows, each sorted by column because the input is. Leaves in ptr where each
 * row starts. */
static reel_code sort_by_person(finish *work, reel_err *err)
{
    reel_dataset *dataset = work->dataset;
    const int64_t ratings = work->report.ratings;
    placing out;
    const reel_code rc = open_rows(&out, work, err);
    reel_nnz *ptr = out.ptr;
    reel_index *col = out.col;
    float *val = out.val;
    int64_t *time = out.time;

    if (rc != REEL_OK)
        return rc;
    for (int64_t i = 0; i < ratings; i++) {
        const entry *from = &work->by_movie[i];
        const reel_nnz at = ptr[from->person]++;

        col[at] = from->movie;
        val[at] = from->value;
        time[at] = from->time;
    }
    for (reel_index row = dataset->people; row > 0; row--)
        ptr[row] = ptr[row - 1];
    ptr[0] = 0;
    return REEL_OK;
}

/* Whether each person's ratings stand together, people by ascending row: as nearly all files have
 * them. */
static bool is_grouped(const finish *work)
{
    const reel_dataset_builder *builder = work->builder;
    reel_index last = 0;

    for (size_t i = 0; i < builder->entries_count; i++) {
        const reel_index row = work->row[builder->entries[i].person];

        if (row >= 0 && row < last)
            return false;
        last = row >= 0 ? row : last;
    }
    return true;
}

/* Ratings that are grouped are sorted person by person, in memory that stays in the cache: two
 * counting sorts of everything would scatter each rating twice over all of it. */
static reel_code sort_in_groups(finish *work, reel_err *err)
{
    const reel_dataset_builder *builder = work->builder;
    reel_key_sorter sorter = {0};
    placing out;
    size_t at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(open_rows(&out, work, err));
    for (reel_index row = 0; row < work->dataset->people; row++) {
        const size_t first = at;
        size_t count = 0;
        const uint64_t *keys;

        REEL_TRY(reel__key_sorter_room(&sorter, (size_t)(out.ptr[row + 1] - out.ptr[row]), err));
        for (; at < builder->entries_count; at++) {
            const entry *from = &builder->entries[at];
            const reel_index of = work->row[from->person];
            const reel_index column = work->column[from->movie];

            if (of > row)
                break;
            if (column >= 0)
                sorter.keys[count++] = (uint64_t)column << 32 | (uint32_t)(at - first);
        }
        keys = reel__key_sorter_sort(&sorter, count);
        for (size_t i = 0; i < count; i++) {
            const entry *from = &builder->entries[first + (uint32_t)keys[i]];
            const reel_nnz to = out.ptr[row] + (reel_nnz)i;

            out.col[to] = (reel_index)(keys[i] >> 32);
            out.val[to] = from->value;
            out.time[to] = from->time;
        }
    }
out:
    reel__key_sorter_fini(&sorter);
    return rc;
}

/* Of equal columns side by side the later time stays, at equal times the later row. */
static void remove_duplicates(finish *work)
{
    reel_dataset *dataset = work->dataset;
    reel_nnz *ptr = (reel_nnz *)(uintptr_t)dataset->array[ARRAY_RATINGS_PTR];
    reel_index *col = (reel_index *)(uintptr_t)dataset->array[ARRAY_RATINGS_COL];
    float *val = (float *)(uintptr_t)dataset->array[ARRAY_RATINGS_VAL];
    int64_t *time = (int64_t *)(uintptr_t)dataset->array[ARRAY_RATINGS_TIME];
    reel_nnz to = 0, from = 0;

    for (reel_index row = 0; row < dataset->people; row++) {
        const reel_nnz start = to, end = ptr[row + 1];

        ptr[row] = start;
        for (; from < end; from++) {
            if (to > start && col[to - 1] == col[from]) {
                if (time[from] < time[to - 1])
                    continue;
                to--;
            }
            col[to] = col[from];
            val[to] = val[from];
            time[to++] = time[from];
        }
    }
    ptr[dataset->people] = to;
    work->report.duplicates = work->report.ratings - to;
    work->report.ratings = to;
    dataset->count[ARRAY_RATINGS_COL] = to;
    dataset->count[ARRAY_RATINGS_VAL] = to;
    dataset->count[ARRAY_RATINGS_TIME] = to;
}

static reel_code transpose(reel_dataset *dataset, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_csr raters = {0};

    REEL_TRY(reel__csr_transpose(&raters, reel_dataset_ratings(dataset), err));
    dataset->array[ARRAY_RATERS_PTR] = raters.ptr;
    dataset->array[ARRAY_RATERS_COL] = raters.col;
    dataset->array[ARRAY_RATERS_VAL] = raters.val;
    dataset->count[ARRAY_RATERS_PTR] = (int64_t)dataset->movies + 1;
    dataset->count[ARRAY_RATERS_COL] = dataset->count[ARRAY_RATINGS_COL];
    dataset->count[ARRAY_RATERS_VAL] = dataset->count[ARRAY_RATINGS_COL];
out:
    return rc;
}

static reel_code place_ratings(finish *work, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(find_columns(work, err));
    REEL_TRY(find_rows(work, err));
    if (is_grouped(work)) {
        REEL_TRY(sort_in_groups(work, err));
        reel__free(work->builder->entries);
        work->builder->entries = NULL;
    } else {
        REEL_TRY(sort_by_movie(work, err));
        reel__free(work->builder->entries);
        work->builder->entries = NULL;
        REEL_TRY(sort_by_person(work, err));
        reel__free(work->by_movie);
        work->by_movie = NULL;
    }
    remove_duplicates(work);
    REEL_TRY(transpose(work->dataset, err));
out:
    return rc;
}

reel_code reel_dataset_builder_finish(reel_dataset **out, reel_dataset_builder *builder,
                                      reel_dataset_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    finish work = {.builder = builder};

    *out = NULL;
    if (builder->films_count == 0 && builder->entries_count == 0) {
        rc = reel_fail(err, REEL_E_INVALID, "a dataset needs at least one movie or rating");
        goto out;
    }
    work.dataset = reel__dataset_new(builder->source == NULL ? "" : builder->source,
                                     builder->simulated, builder->generation);
    if (work.dataset == NULL) {
        rc = reel__builder_no_memory(err, "a dataset");
        goto out;
    }
    if (builder->films_count == 0)
        REEL_TRY(add_rated_as_films(builder, err));
    REEL_TRY(place_films(&work, err));
    REEL_TRY(place_ratings(&work, err));
    REEL_TRY(reel__dataset_hash_arrays(work.dataset, err));
    if (report != NULL)
        *report = work.report;
    *out = work.dataset;
    work.dataset = NULL;
out:
    finish_fini(&work);
    reel__builder_empty(builder);
    return rc;
}
