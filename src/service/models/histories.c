/* histories.c - a file of histories as entries of a model, by person in the order of the file.
 * Ids are looked up once each; rows are then sorted into place by counting.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/ids.h"
#include "model/vtable.h"
#include "num/par.h"
#include "service/models/batch_priv.h"
#include "service/files/number.h"

enum { RATINGS_PER_THREAD = 50000, TEXT_MOST = 1 << 30 };

void reel__buf_name(reel_buf *buf, reel_name name)
{
    char *to;

    if (name.text != NULL) {
        reel__buf_text(buf, name.text);
        return;
    }
    to = reel__buf_reserve(buf, REEL_NUMBER_TEXT);
    if (to != NULL)
        reel__buf_advance(buf, (size_t)(reel__put_int(to, name.number) - to));
}

/* ---- ids ----------------------------------------------------------------------------------- */

/* The number a text is: digits without leading zeros. False when it is none. */
static bool as_number(const char *text, int64_t *out)
{
    int64_t value = 0;

    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++)
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            return false;
    *out = value;
    return true;
}

int64_t reel__name_id(const reel_names *texts, reel_name name)
{
    char digits[REEL_NUMBER_TEXT];

    if (texts->count == 0)
        return name.text == NULL || as_number(name.text, &name.number) ? name.number : -1;
    if (name.text == NULL)
        *reel__put_int(digits, name.number) = '\0';
    return reel__names_find(texts, name.text == NULL ? digits : name.text);
}

static reel_index find_name(const reel_names *texts, const int64_t *ids, reel_index count,
                            reel_name name)
{
    const int64_t id = reel__name_id(texts, name);

    return id < 0 ? -1 : reel__ids_find(ids, count, id);
}

reel_index reel__name_movie(const reel_model *model, reel_name name)
{
    return find_name(&model->movie_names, model->movie_ids, model->movies, name);
}

reel_index reel__name_person(const reel_model *model, reel_name name)
{
    return find_name(&model->person_names, model->person_ids, model->people, name);
}

reel_name reel__movie_name(const reel_model *model, reel_index movie)
{
    const reel_names *texts = &model->movie_names;

    return (reel_name){model->movie_ids[movie],
                       texts->count == 0 ? NULL : reel__names_text(texts, movie)};
}

/* ---- sorting into place -------------------------------------------------------------------- */

typedef struct sorting {
    reel_histories *out;
    const reel_model *model;
    reel_map *movies;         /* id -> column of the model, or -1 */
    size_t *place;            /* [ratings] position of each rating's person */
    uint64_t *keys;           /* [ratings] by person: column above the position inside the person */
    const reel_rating **from; /* [ratings] by person: what the position stands for */
} sorting;

/* The position of each rating's person, and people in the order in which they come. */
static reel_code place_people(sorting *s, reel_err *err)
{
    reel_histories *out = s->out;
    const reel_ratings *ratings = &out->file.ratings;
    int64_t last = -1, place = -1;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < ratings->count; i++) {
        const int64_t id = ratings->items[i].person;

        if (id != last && !reel__map_get(out->places, id, &place)) {
            place = (int64_t)out->people++;
            REEL_TRY(reel__map_put(out->places, id, place, err));
            out->ids[place] = id;
            out->begin[place + 1] = 0;
        }
        last = id;
        s->place[i] = (size_t)place;
        out->begin[place + 1]++;
    }
    for (size_t p = 0; p < out->people; p++) {
        if (out->begin[p + 1] > out->longest)
            out->longest = out->begin[p + 1];
        out->begin[p + 1] += out->begin[p];
    }
out:
    return rc;
}

/* Column of an item, looked up in the model the first time. */
static reel_code find_column(sorting *s, int64_t id, int64_t *column, reel_batch_report *report,
                             reel_err *err)
{
    if (reel__map_get(s->movies, id, column))
        return REEL_OK;
    *column = reel__name_movie(s->model, reel__name(s->out->file.movies, id));
    report->unknown_items += *column < 0;
    return reel__map_put(s->movies, id, *column, err);
}

/* Ratings of known items beside each other by person; begin then counts those only. */
static reel_code deal_ratings(sorting *s, reel_batch_report *report, reel_err *err)
{
    reel_histories *out = s->out;
    const reel_ratings *ratings = &out->file.ratings;
    size_t *used = reel__alloc_zero(out->people, sizeof *used);
    double sum = 0;
    size_t known = 0, kept = 0;
    reel_code rc = REEL_OK;

    if (used == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu people", out->people));
    for (size_t i = 0; i < ratings->count; i++) {
        const size_t p = s->place[i], at = out->begin[p] + used[p];
        int64_t column;

        sum += (double)ratings->items[i].value;
        REEL_TRY(find_column(s, ratings->items[i].movie, &column, report, err));
        if (column < 0)
            continue;
        s->from[at] = &ratings->items[i];
        s->keys[at] = (uint64_t)column << 32 | (uint32_t)used[p]++;
        known++;
    }
    /* Choices without ratings do not say how people rate: the middle of what the model knows. */
    out->mean = out->file.rated ? sum / (double)ratings->count
                                : ((double)s->model->low + (double)s->model->high) / 2;
    report->unknown_rows = (int64_t)(ratings->count - known);
    /* Close the gaps that unknown items leave. */
    for (size_t p = 0; p < out->people; p++) {
        const size_t begin = out->begin[p];

        memmove(s->from + kept, s->from + begin, used[p] * sizeof *s->from);
        memmove(s->keys + kept, s->keys + begin, used[p] * sizeof *s->keys);
        out->begin[p] = kept;
        kept += used[p];
    }
    out->begin[out->people] = kept;
out:
    reel__free(used);
    return rc;
}

static int compare_keys(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* What an entry says of a file without ratings: as the model's own data do where they are all
 * alike, else that the item was chosen, which is liked. */
static reel_entry make_entry(const sorting *s, reel_index column, const reel_rating *rating)
{
    reel_entry entry = {.movie = column, .value = rating->value, .weight = 1, .time = rating->time};

    if (s->out->file.rated)
        return entry;
    entry.value = s->model->high;
    entry.kind = s->model->low < s->model->high ? REEL_ENTRY_CLICK : REEL_ENTRY_RATING;
    return entry;
}

/* Entries of one person by ascending column; of several ratings of an item the later time counts,
 * then the later row. Returns how many. */
static size_t sort_person(const sorting *s, size_t person)
{
    const size_t begin = s->out->begin[person], count = s->out->begin[person + 1] - begin;
    reel_entry *entries = s->out->entries + begin;
    uint64_t *keys = s->keys + begin;
    bool sorted = true;
    size_t kept = 0;

    for (size_t i = 1; i < count && sorted; i++)
        sorted = keys[i - 1] < keys[i];
    if (!sorted)
        qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++) {
        const reel_index column = (reel_index)(keys[i] >> 32);
        const reel_rating *rating = s->from[begin + (uint32_t)keys[i]];

        if (kept == 0 || entries[kept - 1].movie != column)
            kept++;
        else if (rating->time < entries[kept - 1].time)
            continue;
        entries[kept - 1] = make_entry(s, column, rating);
    }
    return kept;
}

/* Sorted entries, without those given twice. */
static reel_code sort_people(sorting *s, int threads, reel_batch_report *report, reel_err *err)
{
    reel_histories *out = s->out;
    size_t *kept = reel__alloc_array(out->people, sizeof *kept), total = 0;

    if (kept == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu people", out->people);
#pragma omp parallel for schedule(dynamic, 64)                                                     \
    num_threads(reel__par_threads((double)out->file.ratings.count, RATINGS_PER_THREAD, threads))
    for (size_t p = 0; p < out->people; p++)
        kept[p] = sort_person(s, p);
    for (size_t p = 0; p < out->people; p++) {
        const size_t begin = out->begin[p];

        report->duplicates += (int64_t)(out->begin[p + 1] - begin - kept[p]);
        memmove(out->entries + total, out->entries + begin, kept[p] * sizeof *out->entries);
        out->begin[p] = total;
        total += kept[p];
    }
    out->begin[out->people] = total;
    reel__free(kept);
    return REEL_OK;
}

static reel_code make_room(sorting *s, reel_err *err)
{
    reel_histories *out = s->out;
    const size_t ratings = out->file.ratings.count;
    reel_code rc = REEL_OK;

    out->ids = reel__alloc_array(ratings, sizeof *out->ids);
    out->begin = reel__alloc_zero(ratings + 1, sizeof *out->begin);
    out->entries = reel__alloc_array(ratings, sizeof *out->entries);
    s->place = reel__alloc_array(ratings, sizeof *s->place);
    s->keys = reel__alloc_array(ratings, sizeof *s->keys);
    s->from = reel__alloc_array(ratings, sizeof *s->from);
    if (out->ids == NULL || out->begin == NULL || out->entries == NULL || s->place == NULL ||
        s->keys == NULL || s->from == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for histories of %zu ratings", ratings));
    REEL_TRY(reel__map_new(&out->places, 1024, err));
    REEL_TRY(reel__map_new(&s->movies, 1024, err));
out:
    return rc;
}

static reel_code find_rows(const sorting *s, reel_err *err)
{
    reel_histories *out = s->out;

    out->rows = reel__alloc_array(out->people, sizeof *out->rows);
    if (out->rows == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu people", out->people);
    for (size_t p = 0; p < out->people; p++)
        out->rows[p] = reel__name_person(s->model, reel__name(out->file.people, out->ids[p]));
    return REEL_OK;
}

reel_code reel__histories_make(reel_histories *out, const reel_model *model, reel_named *file,
                               int threads, reel_batch_report *report, reel_err *err)
{
    sorting s = {.out = out, .model = model};
    reel_code rc = REEL_OK;

    *out = (reel_histories){.file = *file};
    *file = (reel_named){0};
    REEL_TRY(make_room(&s, err));
    REEL_TRY(place_people(&s, err));
    REEL_TRY(deal_ratings(&s, report, err));
    REEL_TRY(sort_people(&s, threads, report, err));
    REEL_TRY(find_rows(&s, err));
    report->people = (int64_t)out->people;
    reel__ratings_fini(&out->file.ratings); /* the entries say it all */
out:
    reel__free(s.place);
    reel__free(s.keys);
    reel__free(s.from);
    reel__map_free(s.movies);
    if (rc != REEL_OK)
        reel__histories_fini(out);
    return rc;
}

reel_code reel__histories_read(reel_histories *out, const reel_model *model, const char *path,
                               const reel_read_opts *read, int threads, reel_batch_report *report,
                               reel_err *err)
{
    reel_read_report rows = {0};
    reel_named file;
    reel_code rc = REEL_OK;

    *out = (reel_histories){0};
    REEL_TRY(reel__read_named(&file, path, REEL_THIRD_RATING, read, &rows, err));
    report->bad_rows += rows.bad_rows;
    rc = reel__histories_make(out, model, &file, threads, report, err);
out:
    return rc;
}

void reel__histories_fini(reel_histories *histories)
{
    reel__named_fini(&histories->file);
    reel__free(histories->ids);
    reel__free(histories->begin);
    reel__free(histories->entries);
    reel__free(histories->rows);
    reel__map_free(histories->places);
    *histories = (reel_histories){0};
}

/* ---- use ----------------------------------------------------------------------------------- */

int64_t reel__histories_find(const reel_histories *histories, reel_name name)
{
    const reel_intern *texts = histories->file.people;
    char digits[REEL_NUMBER_TEXT];
    int64_t place = -1;

    if (texts == NULL) {
        if (name.text != NULL && !as_number(name.text, &name.number))
            return -1;
    } else {
        if (name.text == NULL)
            *reel__put_int(digits, name.number) = '\0';
        name.number = reel__intern_find(texts, name.text == NULL ? digits : name.text,
                                        strlen(name.text == NULL ? digits : name.text));
    }
    return name.number >= 0 && reel__map_get(histories->places, name.number, &place) ? place : -1;
}

reel_query reel__histories_query(const reel_histories *histories, int64_t person)
{
    reel_query query = {.row = -1};

    if (person < 0)
        return query;
    query.entries = histories->entries + histories->begin[person];
    query.count = histories->begin[person + 1] - histories->begin[person];
    query.row = histories->rows[person];
    query.row_hash = query.row < 0 ? 0 : reel_query_hash(&query);
    return query;
}

reel_code reel__batch_check_output(const char *output, const char *const *inputs, size_t count,
                                   reel_err *err)
{
    struct stat out, in;

    if (stat(output, &out) != 0)
        return reel__file_check_writable(output, err);
    for (size_t i = 0; i < count; i++)
        if (inputs[i] != NULL && stat(inputs[i], &in) == 0 && in.st_dev == out.st_dev &&
            in.st_ino == out.st_ino)
            return reel_fail(err, REEL_E_INVALID,
                             "%s is read and would be written over; name another file for the "
                             "output",
                             output);
    return reel__file_check_writable(output, err);
}
