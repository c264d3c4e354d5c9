/* simulate_experiments.c - see simulate_experiments.h. */
#include "cli/simulate_experiments.h"

#include <stdio.h>

#include "cli/commands.h"
#include "cli/term.h"

enum { CELL = 80 };

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__repeats_write(json, what);
    return REEL_OK;
}

/* "1.5 % (0.5 to 4.3)" into out. */
static const char *share(char out[CELL], reel_rate rate)
{
    (void)snprintf(out, CELL, "%.1f %% (%.1f to %.1f)", 100 * rate.value, 100 * rate.low,
                   100 * rate.high);
    return out;
}

static reel_code add_row(reel_table *table, const reel_repeats *all, const reel_repeated *r,
                         reel_err *err)
{
    const bool both = r->kind == REEL_EXPERIMENT_INTERLEAVE;
    const int64_t half = reel__repeated_people(r, 0.5), most = reel__repeated_people(r, 0.9);
    const double shares[2] = {reel__rate(r->arms[0].did, r->arms[0].people).value,
                              reel__rate(r->arms[1].did, r->arms[1].people).value};
    char text[CELL], numbers[2][REEL_COUNT_TEXT];
    reel_code rc;

    REEL_TRY(reel__table_cell(table, err, "%s", both ? "interleaved" : "by people"));
    REEL_TRY(reel__table_cell(table, err, "%s, %s", all->opts.control,
                              r->differ ? all->opts.other : all->opts.control));
    REEL_TRY(reel__table_cell(table, err, "%.1f, %.1f %%", 100 * shares[0], 100 * shares[1]));
    REEL_TRY(reel__table_cell(table, err, "%s", share(text, reel__repeated_claimed(r))));
    REEL_TRY(
        reel__table_cell(table, err, "%s", r->differ ? share(text, reel__repeated_right(r)) : ""));
    REEL_TRY(reel__table_cell(table, err, "%lld", (long long)r->verdicts[REEL_VERDICT_SAME]));
    REEL_TRY(reel__table_cell(table, err, "%.1f %%", 100 * reel__rate(r->peeked, r->count).value));
    if (half == 0)
        rc = reel__table_cell(table, err, "%s", "");
    else
        rc = reel__table_cell(table, err, "%s, %s", reel__term_count(numbers[0], half),
                              reel__term_count(numbers[1], most));
out:
    return rc;
}

/* Whether what was promised of alpha holds for every kind with one model in both arms. */
static void print_verdict(const reel_repeats *all)
{
    const double alpha = all->opts.alpha;
    double most = 0, least = 0;

    for (int i = 0; i < all->kind_count; i++) {
        const reel_rate claimed = reel__repeated_claimed(&all->kinds[i]);

        if (all->kinds[i].differ)
            continue;
        most = claimed.high > most ? claimed.high : most;
        least = claimed.low > least ? claimed.low : least;
    }
    if (most <= alpha)
        reel__term_print("\nFalse alarms are rarer than alpha, %g %%: at most %.1f %%.\n",
                         100 * alpha, 100 * most);
    else if (least > alpha)
        reel__term_print("\nFalse alarms are MORE often than alpha, %g %%.\n", 100 * alpha);
    else
        reel__term_print("\nFalse alarms may be more often than alpha, %g %%, or not; more "
                         "--repeats would tell.\n",
                         100 * alpha);
}

static reel_code tell(const reel_repeats *all, reel_err *err)
{
    static const char *const headings[] = {"lists",
                                           ">models",
                                           ">clicked or preferred",
                                           ">a difference is said",
                                           ">the right side is named",
                                           ">\"the same\"",
                                           ">one look",
                                           ">people until then"};
    char people[REEL_COUNT_TEXT], movies[REEL_COUNT_TEXT], count[REEL_COUNT_TEXT];
    reel_table *table = NULL;
    reel_code rc;

    reel__term_print("%s people, %s films, %s; %s experiments of each kind, looked at after each "
                     "person\n\n",
                     reel__term_count(people, all->people), reel__term_count(movies, all->movies),
                     all->opts.world.movielens != NULL ? "tastes of real people"
                                                       : "invented tastes",
                     reel__term_count(count, all->kinds[0].count));
    REEL_TRY(reel__table_new(&table, headings, (int)(sizeof headings / sizeof *headings), err));
    for (int i = 0; i < all->kind_count; i++)
        REEL_TRY(add_row(table, all, &all->kinds[i], err));
    reel__table_print(table);
    print_verdict(all);
out:
    reel__table_free(table);
    return rc;
}

reel_code reel__simulate_experiments(const reel_repeats_opts *opts, bool json, reel_err *err)
{
    reel_repeats result;
    reel_code rc;

    REEL_TRY(reel__repeats(&result, opts, err));
    rc = json ? reel__print_json(write_result, &result, err) : tell(&result, err);
    reel__repeats_fini(&result);
out:
    return rc;
}
