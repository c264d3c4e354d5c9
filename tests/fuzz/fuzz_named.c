/* fuzz_named.c - any bytes as a list by people and items with numbers or texts: refused with a
 * reason, or sound rows that a second reading of what they say gives again.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/named.h"
#include "fuzz/fuzz_file.h"

enum { ROW_MOST = 2 * 1100 + 64 };

static void check_id(const reel_intern *texts, int64_t id)
{
    const char *text;

    must(id >= 0 && (texts == NULL || id < reel__intern_count(texts)));
    if (texts == NULL)
        return;
    text = reel__intern_text(texts, (int32_t)id);
    must(text[0] != '\0' && strlen(text) <= 1024);
    for (; *text != '\0'; text++)
        must((unsigned char)*text >= ' ');
}

static size_t put_id(char *to, const reel_intern *texts, int64_t id)
{
    size_t used = 0;

    if (texts == NULL)
        return (size_t)sprintf(to, "%" PRId64, id);
    to[used++] = '"';
    for (const char *at = reel__intern_text(texts, (int32_t)id); *at != '\0'; at++) {
        to[used++] = *at;
        if (*at == '"')
            to[used++] = '"';
    }
    to[used++] = '"';
    return used;
}

/* The same rows written out plainly, with all ids of texts in quotes. */
static char *write_out(const reel_named *named, size_t *size)
{
    char *text = malloc(named->ratings.count * 2 * ROW_MOST + 64);

    must(text != NULL);
    *size = (size_t)sprintf(text, "user\titem\trating\ttime\n");
    for (size_t i = 0; i < named->ratings.count; i++) {
        const reel_rating *r = &named->ratings.items[i];

        *size += put_id(text + *size, named->people, r->person);
        text[(*size)++] = '\t';
        *size += put_id(text + *size, named->movies, r->movie);
        *size += (size_t)sprintf(text + *size, "\t%.9g\t%" PRId64 "\n", (double)r->value, r->time);
    }
    return text;
}

static void check_same(const reel_named *a, const reel_named *b)
{
    must(a->ratings.count == b->ratings.count);
    for (size_t i = 0; i < a->ratings.count; i++) {
        must(a->ratings.items[i].value == b->ratings.items[i].value);
        must(a->ratings.items[i].time == b->ratings.items[i].time);
    }
}

static void read_again(const reel_named *named)
{
    const reel_read_opts strict = {.strict = true};
    reel_named again;
    size_t size;
    char *text = write_out(named, &size);
    const fuzz_file file = fuzz_file_open((const uint8_t *)text, size);
    reel_err err = {REEL_OK, ""};

    must(reel__read_named(&again, file.path, REEL_THIRD_RATING, &strict, NULL, &err) == REEL_OK);
    check_same(named, &again);
    reel__named_fini(&again);
    fuzz_file_close(&file);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    const reel_third third = size == 0 ? REEL_THIRD_RATING : (reel_third)(data[size - 1] % 3);
    reel_read_report report;
    reel_named named;
    reel_err err = {REEL_OK, ""};
    reel_code rc = reel__read_named(&named, file.path, third, NULL, &report, &err);

    must(rc == REEL_OK || (rc == REEL_E_FORMAT && err.msg[0] != '\0'));
    must(rc != REEL_OK || report.rows == (int64_t)named.ratings.count);
    for (size_t i = 0; i < named.ratings.count; i++) {
        const reel_rating *r = &named.ratings.items[i];

        check_id(named.people, r->person);
        check_id(named.movies, r->movie);
        must(fabsf(r->value) <= REEL_RATING_MAX && r->time >= 0);
    }
    if (rc == REEL_OK && named.ratings.count < 4096)
        read_again(&named);
    reel__named_fini(&named);
    rc = reel__read_named_people(&named, file.path, NULL, &err);
    must(rc == REEL_OK || rc == REEL_E_FORMAT);
    reel__named_fini(&named);
    fuzz_file_close(&file);
    must(reel__alloc_live() == 0);
    return 0;
}
