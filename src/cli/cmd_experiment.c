/* cmd_experiment.c - experiments, for whoever runs the server: begun, listed, ended, and what they
 * say.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/account_words.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/experiments/results.h"
#include "service/experiments/tally.h"

enum { OPT_DATABASE };
enum { PERCENT = 100 };
static const double BALANCE_LEAST = 0.001;

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {NULL, NULL, NULL},
};

typedef struct call {
    const reel_account_call *own;
    reel_experiments *experiments;
} call;

/* ---- listed -------------------------------------------------------------------------------- */

static reel_code write_list(reel_json *json, const void *what, reel_err *err)
{
    const call *c = what;

    (void)err;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    reel__experiments_write(json, c->experiments, NULL, reel__clock_now());
    reel__json_array_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

static void print_one(const json_t *one)
{
    const json_t *arms = json_object_get(one, "arms");
    const char *scenario = reel__text_of(one, "scenario");

    reel__term_print("%-8s %.10s to %.10s  %s, %s%s%s:", reel__text_of(one, "state"),
                     reel__text_of(one, "starts_at"), reel__text_of(one, "ends_at"),
                     reel__text_of(one, "name"), reel__text_of(one, "metric"),
                     *scenario == '\0' ? "" : ", ", scenario);
    for (size_t i = 0; i < json_array_size(arms); i++)
        reel__term_print("%s %s", i == 0 ? "" : ",",
                         reel__text_of(json_array_get(arms, i), "name"));
    reel__term_print("%s\n", strcmp(reel__text_of(one, "kind"), "ab") == 0 ? "" : ", interleaved");
}

static reel_code list(const call *c, reel_err *err)
{
    json_t *json = NULL;
    const json_t *items;
    reel_code rc;

    if (c->own->args->json)
        return reel__print_json(write_list, c, err);
    REEL_TRY(reel__read_json(&json, write_list, c, err));
    items = json_object_get(json, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        print_one(json_array_get(items, i));
out:
    json_decref(json);
    return rc;
}

/* ---- begun and ended ----------------------------------------------------------------------- */

/* What there is now. */
static reel_code tell(const call *c, reel_err *err)
{
    return c->own->args->quiet ? REEL_OK : list(c, err);
}

static reel_code add(const call *c, reel_err *err)
{
    reel_file_map file;
    reel_code rc;

    REEL_TRY(reel__file_map_open(&file, c->own->name, err));
    rc = reel__experiments_take(c->experiments, (const char *)file.data, file.size_bytes, err);
    reel__file_map_close(&file);
    REEL_TRY(rc);
    rc = tell(c, err);
out:
    return rc;
}

static reel_code stop(const call *c, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__experiments_end(c->experiments, c->own->name, err));
    rc = tell(c, err);
out:
    return rc;
}

/* ---- what they say ------------------------------------------------------------------------- */

static reel_code write_results(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__experiment_results_write(json, what);
    return REEL_OK;
}

static double points(double share)
{
    return PERCENT * share;
}

static void print_comparison(const reel_results *r, const reel_arm_comparison *one)
{
    const reel_experiment *e = &r->experiment;
    const reel_effect *seen = &one->effect;

    if (isnan(seen->difference))
        return;
    reel__term_print("%s less %s: %+.2f points", e->arms[one->arm].name, e->arms[0].name,
                     points(seen->difference));
    if (isfinite(seen->low))
        reel__term_print(", from %+.2f to %+.2f at every moment at once (%+.2f to %+.2f at one)",
                         points(seen->low), points(seen->high), points(seen->fixed_low),
                         points(seen->fixed_high));
    if (one->decided_after > 0)
        reel__term_print("; %s, known after %lld people", reel__verdict_name(one->verdict),
                         (long long)one->decided_after);
    reel__term_print("\n");
}

static void print_results(const reel_results *r, const json_t *json)
{
    const reel_experiment *e = &r->experiment;

    reel__term_print("%s, %s: %lld people, %lld more whose window is not over\n\n", e->name,
                     reel__experiment_state(e, r->at), (long long)r->people, (long long)r->waiting);
    reel__term_print("%-32s  %8s  %8s  %7s\n", "Arm", "People",
                     e->kind == REEL_EXPERIMENT_AB ? "Did" : "Chose it", "Share");
    for (size_t i = 0; i < e->arm_count; i++)
        reel__term_print(
            "%-32s  %8lld  %8lld  %5.2f %%\n", e->arms[i].name, (long long)r->arms[i].people,
            (long long)r->arms[i].did,
            r->arms[i].people > 0 ? points((double)r->arms[i].did / (double)r->arms[i].people) : 0);
    reel__term_print("\n");
    for (size_t i = 0; i < r->compared; i++)
        print_comparison(r, &r->comparisons[i]);
    reel__term_print("%s\n", reel__text_of(json, "says"));
    if (r->balance_p < BALANCE_LEAST)
        reel__term_print(
            "Arms this uneven are no chance (p = %.2g): find out who gets lost first.\n",
            r->balance_p);
    reel__term_print("\nThe rule: %s\n",
                     reel__text_of(json_object_get(json, "experiment"), "rule"));
}

static reel_code results(const call *c, reel_err *err)
{
    reel_experiment experiment;
    reel_results found;
    json_t *json = NULL;
    size_t counted = 0;
    reel_code rc;

    REEL_TRY(reel__experiments_get(c->experiments, c->own->name, &experiment, err));
    REEL_TRY(reel__trial_count(c->own->store, &experiment, SIZE_MAX, NULL, &counted, err));
    REEL_TRY(reel__experiment_results(&found, c->own->store, &experiment, reel__clock_now(), err));
    if (c->own->args->json)
        return reel__print_json(write_results, &found, err);
    REEL_TRY(reel__read_json(&json, write_results, &found, err));
    print_results(&found, json);
out:
    json_decref(json);
    return rc;
}

/* ---- the command --------------------------------------------------------------------------- */

static reel_code with(const reel_account_call *own, reel_code (*run)(const call *c, reel_err *err),
                      reel_err *err)
{
    call c = {.own = own};
    reel_code rc;

    REEL_TRY(reel__experiments_open(&c.experiments, own->store, false, err));
    rc = run(&c, err);
    reel__experiments_close(c.experiments);
out:
    return rc;
}

static reel_code run_add(const reel_account_call *own, reel_err *err)
{
    return with(own, add, err);
}

static reel_code run_list(const reel_account_call *own, reel_err *err)
{
    return with(own, list, err);
}

static reel_code run_results(const reel_account_call *own, reel_err *err)
{
    return with(own, results, err);
}

static reel_code run_stop(const reel_account_call *own, reel_err *err)
{
    return with(own, stop, err);
}

static const reel_account_word words[] = {{"add", run_add, 2, 2},
                                          {"list", run_list, 1, 1},
                                          {"results", run_results, 2, 2},
                                          {"stop", run_stop, 2, 2}};

static reel_code run(const reel_args *args, reel_err *err)
{
    static const reel_account_words all = {.words = words,
                                           .count = sizeof words / sizeof *words,
                                           .which = "which experiment?",
                                           .choice = "reel experiment add, list, results or stop?",
                                           .database = OPT_DATABASE};

    return reel__account_words_run(&all, args, err);
}

const reel_command reel__command_experiment = {
    "experiment",
    "WORD [NAME|FILE]",
    "which of two models people take up better",
    "WORD is add, list, results or stop.\n"
    "`add FILE` begins what a file of JSON defines: one experiment, or {\"experiments\":\n"
    "[...]} of which those that are there stay. `results` says what one has shown so\n"
    "far, with the rule that decides it. A running server knows within 2 seconds.",
    options,
    run};
