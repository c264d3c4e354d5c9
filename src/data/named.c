/* named.c - reads lists of ratings by people and items that go by numbers or by texts. */
#include "data/named.h"

#include "base/alloc.h"
#include "data/rows_priv.h"

reel_code reel__read_named(reel_named *out, const char *path, reel_third third,
                           const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    (void)third;
    *out = (reel_named){.rated = true, .timed = true};
    return reel__read_ratings(&out->ratings, path, opts, report, err);
}

reel_code reel__read_named_people(reel_named *out, const char *path, const reel_read_opts *opts,
                                  reel_err *err)
{
    reel_rows rows = {0};
    reel_read_report report;
    char reason[ROWS_REASON];
    reel_code rc = REEL_OK;

    *out = (reel_named){0};
    REEL_TRY(reel__rows_open(&rows, path, "people", opts, err));
    while (reel__rows_next(&rows)) {
        reel_rating one = {0};

        if (!reel__slice_int(reel__slice_trim(rows.text), &one.person, reason)) {
            REEL_TRY(reel__rows_bad(&rows, err, "user id %s", reason));
            continue;
        }
        if (out->ratings.count == out->ratings.capacity) {
            const size_t wanted = out->ratings.capacity * 2 + 64;
            reel_rating *items = reel__realloc_array(out->ratings.items, wanted, sizeof *items);

            if (items == NULL)
                REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu people", wanted));
            out->ratings.items = items;
            out->ratings.capacity = wanted;
        }
        out->ratings.items[out->ratings.count++] = one;
        rows.rows++;
    }
    REEL_TRY(reel__rows_end(&rows, &report, err));
out:
    reel__rows_close(&rows);
    if (rc != REEL_OK)
        reel__named_fini(out);
    return rc;
}

void reel__named_fini(reel_named *named)
{
    reel__ratings_fini(&named->ratings);
    reel__intern_free(named->people);
    reel__intern_free(named->movies);
    *named = (reel_named){0};
}
