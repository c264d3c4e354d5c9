/* tags.c - people's tags (tags.csv, tags.dat) as one text per film, most used first.
 * Tags that differ only in case or accents are one tag, shown as it was written first.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "data/catalogue_priv.h"

enum { TAGS_PER_MOVIE = 20, TAG_BYTES = 100, TAG_FIELDS = 4, FOLD_MAXIMUM = 4096 };

/* One person's tag on one film. */
typedef struct use {
    int32_t movie, tag;
} use;

typedef struct ranked_tag {
    int64_t uses;
    const char *text; /* shown */
} ranked_tag;

typedef struct tagging {
    reel_catalogue *catalogue;
    reel_intern *written; /* texts as they are written */
    int32_t *tag_of;      /* [written] the tag each of them is */
    size_t tag_of_capacity;
    reel_intern *folded; /* tags */
    const char **shown;  /* [folded] first way it was written, owned by the catalogue */
    size_t shown_capacity;
    use *uses;
    size_t uses_count, uses_capacity;
    reel_buf buf;
} tagging;

static void tagging_fini(tagging *work)
{
    reel__intern_free(work->written);
    reel__intern_free(work->folded);
    reel__free(work->tag_of);
    reel__free(work->shown);
    reel__free(work->uses);
    reel__buf_fini(&work->buf);
}

/* ---- numbering tags ------------------------------------------------------------------------ */

static reel_code grow(void **items, size_t *capacity, size_t needed, size_t size, reel_err *err)
{
    const size_t wanted = *capacity == 0 ? 1024 : *capacity * 2;
    void *moved = NULL;

    if (needed <= *capacity)
        return REEL_OK;
    moved = reel__realloc_array(*items, wanted, size);
    if (moved == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu tags", wanted);
    *items = moved;
    *capacity = wanted;
    return REEL_OK;
}

/* A tag not written this way before: clean, fold, number. -1 when nothing is left of it. */
static reel_code number_tag(tagging *work, reel_slice field, int32_t *tag, reel_err *err)
{
    reel_code rc = REEL_OK;
    void *shown = work->shown;
    const int32_t before = reel__intern_count(work->folded);
    const char *text = NULL;
    size_t length = 0;

    *tag = -1;
    REEL_TRY(reel__catalogue_text(work->catalogue, &text, field, err));
    length = reel__utf8_cut(text, strlen(text), TAG_BYTES);
    reel__buf_clear(&work->buf);
    reel__utf8_fold(&work->buf, text, length);
    REEL_TRY(reel__buf_check(&work->buf, err));
    if (work->buf.length == 0)
        return REEL_OK;
    REEL_TRY(reel__intern_add(work->folded, work->buf.data, work->buf.length, tag, err));
    if (*tag < before)
        return REEL_OK;
    REEL_TRY(grow(&shown, &work->shown_capacity, (size_t)before + 1, sizeof *work->shown, err));
    work->shown = shown;
    reel__buf_clear(&work->buf);
    for (size_t i = 0; i < length; i++) /* '|' joins the tags of a film */
        if (text[i] == '|')
            reel__buf_char(&work->buf, '/');
        else
            reel__buf_char(&work->buf, text[i]);
    REEL_TRY(reel__buf_check(&work->buf, err));
    REEL_TRY(reel__catalogue_keep(work->catalogue, &work->shown[before], work->buf.data,
                                  work->buf.length, err));
out:
    return rc;
}

static reel_code find_tag(tagging *work, reel_slice field, int32_t *tag, reel_err *err)
{
    reel_code rc = REEL_OK;
    void *tag_of = work->tag_of;
    const int32_t before = reel__intern_count(work->written);
    int32_t number = 0;

    REEL_TRY(reel__intern_add(work->written, field.text, field.length, &number, err));
    if (number == before) {
        REEL_TRY(
            grow(&tag_of, &work->tag_of_capacity, (size_t)before + 1, sizeof *work->tag_of, err));
        work->tag_of = tag_of;
        REEL_TRY(number_tag(work, field, &work->tag_of[number], err));
    }
    *tag = work->tag_of[number];
out:
    return rc;
}

static reel_code read_row(tagging *work, reel_rows *rows, const reel_slice fields[TAG_FIELDS],
                          reel_err *err)
{
    reel_code rc = REEL_OK;
    char reason[ROWS_REASON];
    int64_t person = 0, movie = 0;
    void *uses = work->uses;
    const reel_movie *found = NULL;
    int32_t tag = -1;

    if (!reel__slice_int(fields[0], &person, reason))
        return reel__rows_bad(rows, err, "user id %s", reason);
    if (!reel__slice_int(fields[1], &movie, reason))
        return reel__rows_bad(rows, err, "movie id %s", reason);
    rows->rows++;
    found = reel__catalogue_find(work->catalogue, movie);
    if (found == NULL)
        return REEL_OK;
    REEL_TRY(find_tag(work, reel__slice_trim(fields[2]), &tag, err));
    if (tag < 0)
        return REEL_OK;
    REEL_TRY(grow(&uses, &work->uses_capacity, work->uses_count + 1, sizeof *work->uses, err));
    work->uses = uses;
    work->uses[work->uses_count++] = (use){(int32_t)(found - work->catalogue->movies), tag};
out:
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code read_csv(tagging *work, reel_rows *rows, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_csv csv;

    reel__csv_init(&csv, rows);
    while (reel__csv_next(&csv)) {
        REEL_TRY(reel__buf_check(&csv.unquoted, err));
        if (csv.fault != NULL)
            REEL_TRY(reel__rows_bad(rows, err, "%s", csv.fault));
        else if (csv.count != TAG_FIELDS)
            REEL_TRY(reel__rows_bad(
                rows, err, "%d fields instead of 4: userId,movieId,tag,timestamp", csv.count));
        else if (rows->rows > 0 || !reel__slice_is(csv.field[0], "userId"))
            REEL_TRY(read_row(work, rows, csv.field, err));
    }
out:
    reel__csv_fini(&csv);
    return rc;
}

/* user::movie::tag::time, where the tag may hold "::" itself: the time is after the last. */
static reel_code read_dat_row(tagging *work, reel_rows *rows, reel_err *err)
{
    reel_slice fields[TAG_FIELDS] = {0};
    const char *end = rows->text.text + rows->text.length, *last = end;
    int count = 0;

    if (rows->text.length <= ROWS_LINE_MAXIMUM)
        count = reel__fields_split(rows->text, "::", fields, 3);
    if (count <= 3)
        return reel__rows_bad(rows, err, "expected user::movie::tag::timestamp");
    while (last[-1] != ':' || last[-2] != ':')
        last--;
    fields[2].length = (size_t)(last - 2 - fields[2].text);
    return read_row(work, rows, fields, err);
}

static reel_code read_dat(tagging *work, reel_rows *rows, reel_err *err)
{
    reel_code rc = REEL_OK;

    while (reel__rows_next(rows))
        REEL_TRY(read_dat_row(work, rows, err));
out:
    return rc;
}

/* ---- joining ------------------------------------------------------------------------------- */

static int compare_uses(const void *a, const void *b)
{
    const use *x = a, *y = b;

    return x->movie != y->movie ? (x->movie > y->movie) - (x->movie < y->movie)
                                : (x->tag > y->tag) - (x->tag < y->tag);
}

static int compare_ranked(const void *a, const void *b)
{
    const ranked_tag *x = a, *y = b;

    if (x->uses != y->uses)
        return x->uses < y->uses ? 1 : -1;
    return strcmp(x->text, y->text);
}

static reel_code join_movie(tagging *work, const use *uses, size_t count, ranked_tag *ranked,
                            reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_movie *movie = &work->catalogue->movies[uses[0].movie];
    size_t tags = 0;

    for (size_t i = 0; i < count; i++) {
        if (i == 0 || uses[i].tag != uses[i - 1].tag)
            ranked[tags++] = (ranked_tag){0, work->shown[uses[i].tag]};
        ranked[tags - 1].uses++;
    }
    qsort(ranked, tags, sizeof *ranked, compare_ranked);
    reel__buf_clear(&work->buf);
    for (size_t i = 0; i < tags && i < TAGS_PER_MOVIE; i++) {
        if (i > 0)
            reel__buf_char(&work->buf, '|');
        reel__buf_text(&work->buf, ranked[i].text);
    }
    REEL_TRY(reel__buf_check(&work->buf, err));
    REEL_TRY(
        reel__catalogue_keep(work->catalogue, &movie->tags, work->buf.data, work->buf.length, err));
out:
    return rc;
}

static reel_code join_all(tagging *work, reel_err *err)
{
    reel_code rc = REEL_OK;
    ranked_tag *ranked = NULL;
    size_t start = 0;

    if (work->uses_count == 0)
        return REEL_OK;
    ranked = reel__alloc_array((size_t)reel__intern_count(work->folded), sizeof *ranked);
    if (ranked == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to rank tags");
    qsort(work->uses, work->uses_count, sizeof *work->uses, compare_uses);
    for (size_t i = 1; i <= work->uses_count; i++)
        if (i == work->uses_count || work->uses[i].movie != work->uses[start].movie) {
            REEL_TRY(join_movie(work, work->uses + start, i - start, ranked, err));
            start = i;
        }
out:
    reel__free(ranked);
    return rc;
}

reel_code reel__read_tags(reel_catalogue *catalogue, const char *path, const reel_read_opts *opts,
                          reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows rows = {0};
    tagging work = {.catalogue = catalogue};
    const size_t length = strlen(path);
    const bool dat = length > 4 && strcmp(path + length - 4, ".dat") == 0;

    reel__buf_init(&work.buf, FOLD_MAXIMUM);
    REEL_TRY(reel__rows_open(&rows, path, "tags", opts, err));
    rows.reported = &catalogue->reported;
    REEL_TRY(reel__intern_new(&work.written, err));
    REEL_TRY(reel__intern_new(&work.folded, err));
    REEL_TRY(dat ? read_dat(&work, &rows, err) : read_csv(&work, &rows, err));
    if (rows.rows > 0 || rows.bad_rows > 0) /* a set without tags has the header alone */
        REEL_TRY(reel__rows_end(&rows, report, err));
    REEL_TRY(join_all(&work, err));
out:
    tagging_fini(&work);
    reel__rows_close(&rows);
    return rc;
}
