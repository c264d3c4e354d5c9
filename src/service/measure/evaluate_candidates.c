/* evaluate_candidates.c - candidate files: each line a person, the film held out, and the films
 * that are ranked with it. Ids may be parted by blanks, tabs, commas, semicolons and round
 * brackets, so that "(0,25)\t1064\t174" of the NCF authors' files reads as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "service/measure/evaluate_priv.h"

enum { DIGITS_MAX = 18 };
static const size_t megabyte = 1 << 20;

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct text_reader {
    const char *at, *end, *path;
    size_t line;
} text_reader;

static bool is_between(char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '(' || c == ')' || c == '\r';
}

/* The next id of this line: 1, 0 at the end of the line, -1 where there is something else. */
static int next_id(text_reader *text, int64_t *out)
{
    int digits = 0;

    while (text->at < text->end && is_between(*text->at))
        text->at++;
    if (text->at == text->end || *text->at == '\n')
        return 0;
    *out = 0;
    while (text->at < text->end && *text->at >= '0' && *text->at <= '9' && digits < DIGITS_MAX) {
        *out = 10 * *out + (*text->at++ - '0');
        digits++;
    }
    if (digits == 0 || (text->at < text->end && *text->at != '\n' && !is_between(*text->at)))
        return -1;
    return 1;
}

static reel_code bad_line(const text_reader *text, const char *what, reel_err *err)
{
    return reel_fail(
        err, REEL_E_FORMAT,
        "%s:%zu: %s; expected the user, the item held out and the items ranked with it", text->path,
        text->line, what);
}

static reel_code read_line(reel_candidate_file *out, text_reader *text, reel_err *err)
{
    reel_candidate_line *line = &out->lines[out->count];
    int64_t id;
    int found, ids = 0;

    line->begin = out->item_count;
    while ((found = next_id(text, &id)) > 0) {
        if (ids == 0)
            line->person = id;
        else
            out->items[out->item_count++] = id;
        ids++;
    }
    if (found < 0)
        return bad_line(text, "this is no id", err);
    if (ids == 1 || ids == 2)
        return bad_line(text, "too few ids", err);
    line->end = out->item_count;
    if (ids > 0) {
        line->held = out->items[line->begin];
        out->count++;
    }
    return REEL_OK;
}

/* How many lines and numbers there are room for. */
static void count_parts(const text_reader *text, size_t *lines, size_t *numbers)
{
    *lines = 1;
    *numbers = 1;
    for (const char *at = text->at; at < text->end; at++) {
        *lines += *at == '\n';
        *numbers += at + 1 == text->end || *at == '\n' || is_between(*at);
    }
}

static int by_person(const void *a, const void *b)
{
    const reel_candidate_line *left = a, *right = b;

    return (left->person > right->person) - (left->person < right->person);
}

static reel_code sort_lines(reel_candidate_file *file, const char *path, reel_err *err)
{
    if (file->count == 0)
        return reel_fail(err, REEL_E_FORMAT, "%s: there is no line in it", path);
    qsort(file->lines, file->count, sizeof *file->lines, by_person);
    for (size_t i = 1; i < file->count; i++)
        if (file->lines[i].person == file->lines[i - 1].person)
            return reel_fail(err, REEL_E_FORMAT, "%s: user %lld has more than one line", path,
                             (long long)file->lines[i].person);
    return REEL_OK;
}

reel_code reel__candidates_read(reel_candidate_file *out, const char *path, reel_err *err)
{
    reel_file_map map;
    text_reader text;
    size_t lines, numbers;
    reel_code rc;

    *out = (reel_candidate_file){0};
    rc = reel__file_map_open(&map, path, err);
    if (rc != REEL_OK)
        return rc;
    text = (text_reader){.at = (const char *)map.data, .path = path, .line = 1};
    text.end = text.at + map.size_bytes;
    count_parts(&text, &lines, &numbers);
    out->lines = reel__alloc_array(lines, sizeof *out->lines);
    out->items = reel__alloc_array(numbers, sizeof *out->items);
    if (out->lines == NULL || out->items == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to read %s", path));
    for (; text.at < text.end; text.line++) {
        REEL_TRY(read_line(out, &text, err));
        text.at += text.at < text.end; /* the line's end */
    }
    REEL_TRY(sort_lines(out, path, err));
out:
    reel__file_map_close(&map);
    if (rc != REEL_OK)
        reel__candidate_file_fini(out);
    return rc;
}

void reel__candidate_file_fini(reel_candidate_file *file)
{
    reel__free(file->lines);
    reel__free(file->items);
    *file = (reel_candidate_file){0};
}

/* ---- by index ------------------------------------------------------------------------------ */

static int by_index(const void *a, const void *b)
{
    const reel_index left = *(const reel_index *)a, right = *(const reel_index *)b;

    return (left > right) - (left < right);
}

/* The films of one line, ascending and each once; returns how many, or -1 with an error. */
static reel_nnz index_line(reel_index *out, const reel_candidate_file *file,
                           const reel_candidate_line *line, const reel_dataset *dataset,
                           reel_err *err)
{
    const size_t count = line->end - line->begin;
    reel_nnz kept = 0;

    for (size_t i = 0; i < count; i++) {
        out[i] = reel_dataset_find_movie(dataset, file->items[line->begin + i]);
        if (out[i] >= 0)
            continue;
        (void)reel_fail(err, REEL_E_INVALID,
                        "candidates: the data have no item %lld (of user %lld)",
                        (long long)file->items[line->begin + i], (long long)line->person);
        return -1;
    }
    qsort(out, count, sizeof *out, by_index);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || out[kept - 1] != out[i])
            out[kept++] = out[i];
    return kept;
}

reel_code reel__candidates_index(reel_csr *out, const reel_candidate_file *file,
                                 const reel_dataset *dataset, reel_err *err)
{
    const reel_index people = reel_dataset_people(dataset);
    const int64_t *ids = reel_dataset_person_ids(dataset);
    size_t line = 0;
    reel_nnz at = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(
        reel__csr_init(out, people, reel_dataset_movies(dataset), (reel_nnz)file->item_count, err));
    for (reel_index p = 0; p < people; p++) {
        reel_nnz added = 0;

        out->ptr[p] = at;
        if (line == file->count || file->lines[line].person != ids[p])
            continue;
        added = index_line(out->col + at, file, &file->lines[line++], dataset, err);
        if (added < 0) {
            rc = REEL_E_INVALID;
            goto out;
        }
        at += added;
    }
    out->ptr[people] = at;
out:
    return rc;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void write_line(reel_buf *buf, const reel_split *split, const reel_dataset *dataset,
                       reel_index row)
{
    const reel_csr *candidates = split->candidates;
    const int64_t *films = reel_dataset_movie_ids(dataset);
    const reel_index person = split->held.person[row];
    const reel_index held = split->held.test.col[split->held.test.ptr[row]];

    reel__buf_format(buf, "%lld\t%lld", (long long)reel_dataset_person_ids(dataset)[person],
                     (long long)films[held]);
    for (reel_nnz k = candidates->ptr[person]; k < candidates->ptr[person + 1]; k++)
        if (candidates->col[k] != held)
            reel__buf_format(buf, "\t%lld", (long long)films[candidates->col[k]]);
    reel__buf_char(buf, '\n');
}

reel_code reel__candidates_write(const char *path, const reel_split *split,
                                 const reel_dataset *dataset, reel_err *err)
{
    const reel_csr *test = &split->held.test;
    reel_file_writer *writer = NULL;
    reel_buf buf;
    reel_code rc = REEL_OK;

    reel__buf_init(&buf, 2 * megabyte);
    REEL_TRY(reel__file_writer_open(&writer, path, err));
    for (reel_index row = 0; row < test->rows; row++) {
        if (test->ptr[row + 1] != test->ptr[row] + 1)
            continue;
        write_line(&buf, split, dataset, row);
        if (buf.length < megabyte)
            continue;
        REEL_TRY(reel__buf_check(&buf, err));
        REEL_TRY(reel__file_writer_write(writer, buf.data, buf.length, err));
        reel__buf_clear(&buf);
    }
    REEL_TRY(reel__buf_check(&buf, err));
    REEL_TRY(reel__file_writer_write(writer, buf.data, buf.length, err));
    rc = reel__file_writer_commit(writer, err);
    writer = NULL;
out:
    reel__file_writer_abort(writer);
    reel__buf_fini(&buf);
    return rc;
}
