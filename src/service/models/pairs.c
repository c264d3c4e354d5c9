/* pairs.c - pairs of people and items: read, joined with a model and histories, written. */
#include <string.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "service/models/batch_priv.h"
#include "service/files/number.h"

enum { TEXT_MOST = 1 << 30, GATHER_BYTES = 1 << 16 };

reel_code reel__pairs_read(reel_pairs *out, const char *path, reel_third third,
                           const reel_progress *progress, reel_err *err)
{
    const reel_read_opts read = {.strict = true, .progress = progress};
    reel_code rc = REEL_OK;

    *out = (reel_pairs){0};
    REEL_TRY(reel__read_named(&out->file, path, third, &read, NULL, err));
    REEL_TRY(reel__pairs_room(out, err));
out:
    if (rc != REEL_OK)
        reel__pairs_fini(out);
    return rc;
}

reel_code reel__pairs_room(reel_pairs *out, reel_err *err)
{
    out->count = out->file.ratings.count;
    out->people = reel__alloc_array(out->count, sizeof *out->people);
    out->movies = reel__alloc_array(out->count, sizeof *out->movies);
    out->order = reel__alloc_array(out->count, sizeof *out->order);
    out->scores = reel__alloc_array(out->count, sizeof *out->scores);
    if (out->people == NULL || out->movies == NULL || out->order == NULL || out->scores == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu pairs", out->count);
    return REEL_OK;
}

void reel__pairs_fini(reel_pairs *pairs)
{
    reel__named_fini(&pairs->file);
    reel__free(pairs->people);
    reel__free(pairs->movies);
    reel__free(pairs->order);
    reel__free(pairs->scores);
    reel__free(pairs->intervals);
    *pairs = (reel_pairs){0};
}

/* ---- joining ------------------------------------------------------------------------------- */

/* Where the map has no place for an id yet: what it stands for. */
static reel_code find_place(reel_map *known, const reel_histories *histories, reel_name name,
                            int64_t *place, reel_batch_report *report, reel_err *err)
{
    if (reel__map_get(known, name.number, place))
        return REEL_OK;
    *place = reel__histories_find(histories, name);
    report->unknown_users += *place < 0;
    return reel__map_put(known, name.number, *place, err);
}

static reel_code find_movie(reel_map *known, const reel_model *model, reel_name name,
                            reel_index *movie, reel_err *err)
{
    int64_t found;

    if (!reel__map_get(known, name.number, &found)) {
        const reel_code rc = reel__map_put(known, name.number, reel__name_movie(model, name), err);

        if (rc != REEL_OK)
            return rc;
        (void)reel__map_get(known, name.number, &found);
    }
    *movie = (reel_index)found;
    return REEL_OK;
}

static int64_t time_of(const reel_pairs *pairs, size_t i)
{
    return pairs->file.ratings.items[i].time;
}

/* Merge two sorted halves of `order` by person, then time. */
static bool before(const reel_pairs *pairs, size_t a, size_t b)
{
    if (pairs->people[a] != pairs->people[b])
        return pairs->people[a] < pairs->people[b];
    if (time_of(pairs, a) != time_of(pairs, b))
        return time_of(pairs, a) < time_of(pairs, b);
    return a < b;
}

/* Bottom-up merges between order and a second array of that length. */
reel_code reel__pairs_sort(reel_pairs *pairs, reel_err *err)
{
    size_t *from = pairs->order;
    size_t *to = reel__alloc_array(pairs->count, sizeof *to);

    if (to == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to sort %zu pairs", pairs->count);
    for (size_t i = 0; i < pairs->count; i++)
        from[i] = i;
    for (size_t width = 1; width < pairs->count; width *= 2) {
        size_t *other = from;

        for (size_t begin = 0; begin < pairs->count; begin += 2 * width) {
            const size_t left = pairs->count - begin;
            const size_t middle = begin + (width < left ? width : left);
            const size_t end = begin + (2 * width < left ? 2 * width : left);
            size_t a = begin, b = middle;

            for (size_t k = begin; k < end; k++)
                to[k] = b >= end || (a < middle && before(pairs, from[a], from[b])) ? from[a++]
                                                                                    : from[b++];
        }
        from = to;
        to = other;
    }
    pairs->order = from;
    reel__free(to);
    return REEL_OK;
}

reel_code reel__pairs_place(reel_pairs *pairs, const reel_model *model,
                            const reel_histories *histories, reel_batch_report *report,
                            reel_err *err)
{
    reel_map *people = NULL, *movies = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__map_new(&people, 1024, err));
    REEL_TRY(reel__map_new(&movies, 1024, err));
    for (size_t i = 0; i < pairs->count; i++) {
        const reel_rating *pair = &pairs->file.ratings.items[i];

        REEL_TRY(find_place(people, histories, reel__name(pairs->file.people, pair->person),
                            &pairs->people[i], report, err));
        REEL_TRY(find_movie(movies, model, reel__name(pairs->file.movies, pair->movie),
                            &pairs->movies[i], err));
        report->unknown_pairs += pairs->movies[i] < 0;
    }
    REEL_TRY(reel__pairs_sort(pairs, err));
out:
    reel__map_free(people);
    reel__map_free(movies);
    return rc;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void write_pair(reel_buf *text, const reel_pairs *pairs, size_t i)
{
    const reel_rating *pair = &pairs->file.ratings.items[i];
    char *to;

    reel__buf_name(text, reel__name(pairs->file.people, pair->person));
    reel__buf_char(text, '\t');
    reel__buf_name(text, reel__name(pairs->file.movies, pair->movie));
    to = reel__buf_reserve(text, 2 * (size_t)REEL_NUMBERS_TEXT);
    if (to == NULL)
        return;
    *to++ = '\t';
    to = reel__put_float(to, pairs->scores[i]);
    if (pairs->intervals != NULL) {
        *to++ = '\t';
        to = reel__put_float(to, pairs->intervals[i].low);
        *to++ = '\t';
        to = reel__put_float(to, pairs->intervals[i].high);
    }
    *to++ = '\n';
    reel__buf_advance(text, (size_t)(to - (text->data + text->length)));
}

static reel_code write_rows(const reel_pairs *pairs, reel_file_writer *file, bool header,
                            reel_buf *text, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (header)
        reel__buf_text(text, pairs->intervals != NULL ? "user\titem\tscore\tlow\thigh\n"
                                                      : "user\titem\tscore\n");
    for (size_t i = 0; i < pairs->count; i++) {
        write_pair(text, pairs, i);
        if (text->length < GATHER_BYTES && i + 1 < pairs->count)
            continue;
        REEL_TRY(reel__buf_check(text, err));
        REEL_TRY(reel__file_writer_write(file, text->data, text->length, err));
        reel__buf_clear(text);
    }
out:
    return rc;
}

reel_code reel__pairs_write(const reel_pairs *pairs, const char *output, bool header, reel_err *err)
{
    reel_file_writer *file = NULL, *done;
    reel_buf text;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, TEXT_MOST);
    REEL_TRY(reel__file_writer_open(&file, output, err));
    REEL_TRY(write_rows(pairs, file, header, &text, err));
    done = file;
    file = NULL;
    REEL_TRY(reel__file_writer_commit(done, err));
out:
    reel__file_writer_abort(file);
    reel__buf_fini(&text);
    return rc;
}
