/* simulate_signals.c - see simulate_signals.h. */
#include "cli/simulate_signals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/feedback/signals.h"
#include "service/simulate/weighing.h"

enum { SET_MOST = 200 };

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__weighing_write(json, what);
    return REEL_OK;
}

static reel_code tell(const reel_weighing *w, reel_err *err)
{
    static const char *const headings[] = {
        "click",   ">trailer", ">watchlist", ">not_interested",
        ">passed", ">clip",    ">NDCG@10",   ">more than the first"};
    char people[REEL_COUNT_TEXT], movies[REEL_COUNT_TEXT];
    reel_table *table = NULL;
    reel_code rc;

    reel__term_print(
        "%s people, %s films, %s, %s; %d days, %d time%s (95 %% interval over them)\n\n",
        reel__term_count(people, w->people), reel__term_count(movies, w->movies),
        w->opts.world.movielens != NULL ? "tastes of real people" : "invented tastes",
        w->opts.test ? "test" : "validation", w->opts.world.days, w->opts.world.seeds,
        w->opts.world.seeds == 1 ? "" : "s");
    REEL_TRY(reel__table_new(&table, headings, (int)(sizeof headings / sizeof *headings), err));
    for (size_t i = 0; i < w->opts.count; i++) {
        const reel_signal_weights *set = &w->opts.sets[i];
        const double numbers[] = {set->click,          set->trailer, set->watchlist,
                                  set->not_interested, set->passed,  set->clip};
        const reel_interval less = reel__weighing_ndcg(w, i, true);

        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            REEL_TRY(reel__table_cell(table, err, "%g", numbers[k]));
        REEL_TRY(reel__table_cell(table, err, "%.4f", reel__weighing_ndcg(w, i, false).mean));
        if (i == 0)
            rc = reel__table_cell(table, err, "%s", "");
        else if (isnan(less.low))
            rc = reel__table_cell(table, err, "%+.4f", less.mean);
        else
            rc = reel__table_cell(table, err, "%+.4f (%+.4f to %+.4f)", less.mean, less.low,
                                  less.high);
        REEL_TRY(rc);
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

/* "click=1; none" behind what REEL_SIGNALS says. */
static reel_code take_sets(reel_signal_weights *out, size_t *count, const char *text, reel_err *err)
{
    reel_code rc;

    *count = 0;
    REEL_TRY(reel__signal_weights(&out[(*count)++], err));
    while (*text != '\0') {
        const size_t length = strcspn(text, ";");
        char one[SET_MOST];

        if (*count == REEL_WEIGHING_SETS || length >= sizeof one)
            REEL_TRY(reel_fail(err, REEL_E_INVALID,
                               "--signals: expected up to %d sets of fewer than %d characters",
                               (int)REEL_WEIGHING_SETS - 1, (int)SET_MOST));
        text += strspn(text, " ");
        (void)snprintf(one, sizeof one, "%.*s", (int)strcspn(text, ";"), text);
        REEL_TRY(reel__signal_weights_read(&out[(*count)++], one, "--signals", err));
        text += strcspn(text, ";");
        text += *text == ';';
    }
out:
    return rc;
}

reel_code reel__simulate_signals(const reel_simulate_opts *world, bool test, const char *sets,
                                 bool json, reel_err *err)
{
    reel_signal_weights room[REEL_WEIGHING_SETS];
    reel_weighing_opts opts = {.world = *world, .test = test, .sets = room};
    reel_weighing result;
    reel_code rc;

    REEL_TRY(take_sets(room, &opts.count, sets, err));
    REEL_TRY(reel__weigh(&result, &opts, err));
    rc = json ? reel__print_json(write_result, &result, err) : tell(&result, err);
    reel__weighing_fini(&result);
out:
    return rc;
}
