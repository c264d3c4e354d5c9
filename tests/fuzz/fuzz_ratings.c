/* fuzz_ratings.c - any bytes as a rating list: refused with a reason, or sound ratings that the
 * careful path alone (one line at a time, too short for the fast one) reads the same.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "data/readers.h"
#include "fuzz/fuzz_file.h"

static void count_row(void *user, const reel_bad_row *row)
{
    must(row->line > 0 && row->reason[0] != '\0' && strchr(row->text, '\n') == NULL);
    ++*(int *)user;
}

/* Every line alone: how many are read, and the sum of what they hold. Only for files that are made
 * of lines short enough and have no header, so that a line means the same alone. */
static void read_lines(const uint8_t *data, size_t size, int64_t *rows, uint64_t *sum)
{
    const reel_read_opts opts = {.scale_min = 0.5, .scale_max = 5.0};

    *rows = 0;
    *sum = 0;
    while (size > 0) {
        const uint8_t *newline = memchr(data, '\n', size);
        const size_t length = newline == NULL ? size : (size_t)(newline - data) + 1;
        const fuzz_file file = fuzz_file_open(data, length);
        reel_ratings ratings;

        if (reel__read_ratings(&ratings, file.path, &opts, NULL, NULL) == REEL_OK) {
            *rows += (int64_t)ratings.count;
            for (size_t i = 0; i < ratings.count; i++)
                *sum += (uint64_t)ratings.items[i].person * 3 +
                        (uint64_t)ratings.items[i].movie * 5 + (uint64_t)ratings.items[i].time * 7 +
                        (uint64_t)(ratings.items[i].value * 1000.0F);
        }
        reel__ratings_fini(&ratings);
        fuzz_file_close(&file);
        data += length;
        size -= length;
    }
}

/* Four columns of ratings.dat on every line that has any. */
static int is_all_dat(const uint8_t *data, size_t size)
{
    int separators = 0;

    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n') {
            if (separators != 3)
                return 0;
            separators = 0;
        } else if (data[i] == ':') {
            if (i + 1 >= size || data[i + 1] != ':')
                return 0;
            i++;
            separators++;
        } else if ((data[i] < '0' || data[i] > '9') && data[i] != '.') {
            return 0;
        }
    }
    return separators == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    int reported = 0;
    const reel_read_opts opts = {
        .scale_min = 0.5, .scale_max = 5.0, .bad_row = count_row, .user = &reported};
    reel_read_report report;
    reel_ratings ratings;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__read_ratings(&ratings, file.path, &opts, &report, &err);
    uint64_t sum = 0, sum_of_lines = 0;
    int64_t rows = 0;

    must(rc == REEL_OK || (rc == REEL_E_FORMAT && err.msg[0] != '\0' && ratings.items == NULL));
    must(ratings.items != NULL || ratings.count == 0);
    must(reported <= 20 && (rc != REEL_OK || report.rows == (int64_t)ratings.count));
    for (size_t i = 0; i < ratings.count; i++) {
        must(ratings.items[i].person >= 0 && ratings.items[i].movie >= 0);
        must(ratings.items[i].value >= 0.5F && ratings.items[i].value <= 5.0F);
        sum += (uint64_t)ratings.items[i].person * 3 + (uint64_t)ratings.items[i].movie * 5 +
               (uint64_t)ratings.items[i].time * 7 + (uint64_t)(ratings.items[i].value * 1000.0F);
    }
    if (rc == REEL_OK && size < 4096 && is_all_dat(data, size)) {
        read_lines(data, size, &rows, &sum_of_lines);
        must(rows == report.rows && sum == sum_of_lines);
    }
    reel__ratings_fini(&ratings);
    fuzz_file_close(&file);
    must(reel__alloc_live() == 0);
    return 0;
}
