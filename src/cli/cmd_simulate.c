/* cmd_simulate.c - simulate: made-up people use the program for some days. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "cli/commands.h"
#include "cli/simulate_experiments.h"
#include "cli/simulate_signals.h"
#include "cli/term.h"
#include "service/simulate/simulate.h"
#include "service/simulate/traffic.h"

enum {
    OPT_MOVIELENS,
    OPT_PEOPLE,
    OPT_FILMS,
    OPT_DAYS,
    OPT_EVERY,
    OPT_SEEDS,
    OPT_SEED,
    OPT_ARMS,
    OPT_LIST,
    OPT_FADING,
    OPT_RATES,
    OPT_KNOWN,
    OPT_EDITORIAL,
    OPT_FORMAT,
    OPT_EXPERIMENT,
    OPT_MODELS,
    OPT_REPEATS,
    OPT_ALPHA,
    OPT_SMALLEST,
    OPT_SIGNALS,
    OPT_SPLIT,
    OPT_URL,
    OPT_RATE,
    OPT_PARALLEL,
    OPT_THREADS
};

static const reel_option options[] = {
    {"movielens", "DIR", "tastes of real people; without it invented ones"},
    {"people", "N", "how many (default 600)"},
    {"films", "N", "those rated most (default 1000), or invented (400)"},
    {"days", "N", "how many (default 30)"},
    {"every", "N", "train again each so many nights (default 1)"},
    {"seeds", "N", "do it so many times over (default 5)"},
    {"seed", "N", "of the first time (default 1)"},
    {"arms", "NAMES", "of frozen, retrained, naive, ratings (default: two)"},
    {"list", "N", "films of a list (default 10)"},
    {"fading", "X", "place k is looked at with probability k^-X (default 1)"},
    {"rates", "X", "share of clicked films that are rated (default 0.7)"},
    {"known", "N", "films that invented people saw before (default 15)"},
    {"editorial", "N", "so many first days everybody gets the same list"},
    {"format", "text|csv|json", "(default text)"},
    {"experiment", NULL, "repeat whole experiments instead, and tell how often they err"},
    {"models", "A[,B]", "of their arms (default hybrid,popular); A: in both"},
    {"repeats", "N", "of each kind for each seed (default 40)"},
    {"alpha", "X", "how often they may see what is not there (default 0.05)"},
    {"smallest", "X", "the difference that matters to them (default 0.05)"},
    {"signals", "SETS", "what other weights are worth, such as \"click=1; none\""},
    {"split", "NAME", "of people for that: validation (default) or test"},
    {"url", "URL", "ask this server instead, each person --days times"},
    {"rate", "N", "of its requests a second at most (default 1000)"},
    {"parallel", "N", "requests at a time (default 16)"},
    {"threads", "N", "for trainings (default all cores)"},
    {NULL, NULL, NULL},
};

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__simulation_write(json, what);
    return REEL_OK;
}

/* ---- in words ------------------------------------------------------------------------------ */

static void print_interval(reel_interval i, double times, int places)
{
    if (isnan(i.low))
        reel__term_print("  %*.*f%*s", 7, places, times * i.mean, 20, "");
    else
        reel__term_print("  %*.*f (%+.*f to %+.*f)", 7, places, times * i.mean, places,
                         times * i.low, places, times * i.high);
}

static void print_days(const reel_simulation *s)
{
    reel__term_print("%5s", "day");
    for (int a = 0; a < REEL_ARMS; a++)
        if (s->opts.arms[a])
            reel__term_print("  %-22s", reel__simulate_arm_name((size_t)a));
    reel__term_print("\n%5s", "");
    for (int a = 0; a < REEL_ARMS; a++)
        if (s->opts.arms[a])
            reel__term_print("  %-10s%-12s", "NDCG@10", "clicked");
    reel__term_print("\n");
    for (int day = 0; day < s->opts.days; day++) {
        reel__term_print("%5d", day + 1);
        for (int a = 0; a < REEL_ARMS; a++)
            if (s->opts.arms[a])
                reel__term_print(
                    "  %-10.4f%5.2f %%     ",
                    reel__simulation_mean(s, (reel_simulate_arm)a, false, day, day + 1, REEL_ARMS)
                        .mean,
                    100 * reel__simulation_mean(s, (reel_simulate_arm)a, true, day, day + 1,
                                                REEL_ARMS)
                              .mean);
        reel__term_print("\n");
    }
}

/* An arm's mean of some days, and how much more than frozen that is. */
static void print_part(const reel_simulation *s, reel_simulate_arm arm, bool clicked, int from)
{
    const int days = s->opts.days, places = clicked ? 2 : 4;
    const double times = clicked ? 100 : 1;

    reel__term_print("%.*f%s", places,
                     times * reel__simulation_mean(s, arm, clicked, from, days, REEL_ARMS).mean,
                     clicked ? " %" : "");
    if (arm != REEL_ARM_FROZEN && s->opts.arms[REEL_ARM_FROZEN])
        print_interval(reel__simulation_mean(s, arm, clicked, from, days, REEL_ARM_FROZEN), times,
                       places);
    reel__term_print("\n");
}

/* The last week against an arm that never learned, seed by seed. */
static void print_verdict(const reel_simulation *s)
{
    const int days = s->opts.days, week = days < 7 ? 0 : days - 7;

    reel__term_print("\nDays %d to %d, and how much more than frozen (95 %% interval over seeds)\n",
                     week + 1, days);
    for (int a = 0; a < REEL_ARMS; a++) {
        if (!s->opts.arms[a])
            continue;
        reel__term_print("  %-10s NDCG@10 ", reel__simulate_arm_name((size_t)a));
        print_part(s, (reel_simulate_arm)a, false, week);
        reel__term_print("  %-10s clicked ", "");
        print_part(s, (reel_simulate_arm)a, true, week);
        reel__term_print("  %-10s clicked on all days ", "");
        print_part(s, (reel_simulate_arm)a, true, 0);
        if (s->looked[a][0] > 0)
            reel__term_print("  %-10s place 5 looked at %.2f times as often as the first, place "
                             "10 %.2f; in truth %.2f and %.2f\n",
                             "", s->looked[a][4], s->looked[a][9], pow(5, -s->opts.manner.fading),
                             pow(10, -s->opts.manner.fading));
    }
}

static void tell(const reel_simulation *s)
{
    char people[REEL_COUNT_TEXT], movies[REEL_COUNT_TEXT];

    reel__term_print("%s people, %s films, %d time%s, %s\n\n", reel__term_count(people, s->people),
                     reel__term_count(movies, s->movies), s->opts.seeds,
                     s->opts.seeds == 1 ? "" : "s",
                     s->opts.movielens != NULL ? "tastes of real people" : "invented tastes");
    print_days(s);
    print_verdict(s);
}

static reel_code print_rows(const reel_simulation *s, reel_err *err)
{
    reel_buf rows;
    reel_code rc;

    reel__buf_init(&rows, (size_t)1 << 24);
    reel__simulation_rows(&rows, s);
    rc = reel__buf_check(&rows, err);
    if (rc == REEL_OK)
        reel__term_write(&rows);
    reel__buf_fini(&rows);
    return rc;
}

/* ---- the command --------------------------------------------------------------------------- */

static reel_code take_arms(bool *out, const char *text, reel_err *err)
{
    if (text == NULL)
        return REEL_OK;
    for (size_t a = 0; a < REEL_ARMS; a++)
        out[a] = false;
    for (text += strspn(text, ", "); *text != '\0'; text += strspn(text, ", ")) {
        const size_t length = strcspn(text, ", ");
        size_t a = 0;

        while (a < REEL_ARMS && (strlen(reel__simulate_arm_name(a)) != length ||
                                 strncmp(reel__simulate_arm_name(a), text, length) != 0))
            a++;
        if (a == REEL_ARMS)
            return reel_fail(err, REEL_E_INVALID,
                             "--arms: \"%.*s\" is none of frozen, retrained, naive and ratings",
                             (int)(length < 40 ? length : 40), text);
        out[a] = true;
        text += length;
    }
    return REEL_OK;
}

static reel_code take_int(int *out, const reel_args *args, int option, int64_t least, int64_t most,
                          reel_err *err)
{
    int64_t value = *out;
    const reel_code rc = reel__args_int(args, option, least, most, &value, err);

    *out = (int)value;
    return rc;
}

static reel_code take_options(reel_simulate_opts *out, const reel_args *args, reel_err *err)
{
    int64_t people = out->people, seed = 1, films;
    reel_code rc;

    out->movielens = args->option[OPT_MOVIELENS];
    films = out->movielens != NULL ? 1000 : 400;
    REEL_TRY(reel__args_amount(args, OPT_PEOPLE, 2, 1000000, &people, err));
    REEL_TRY(reel__args_amount(args, OPT_FILMS, 20, 1000000, &films, err));
    REEL_TRY(take_int(&out->days, args, OPT_DAYS, 1, REEL_SIMULATE_DAYS, err));
    REEL_TRY(take_int(&out->every, args, OPT_EVERY, 1, REEL_SIMULATE_DAYS, err));
    REEL_TRY(take_int(&out->seeds, args, OPT_SEEDS, 1, REEL_SIMULATE_SEEDS, err));
    REEL_TRY(take_int(&out->list, args, OPT_LIST, 1, 50, err));
    REEL_TRY(take_int(&out->known, args, OPT_KNOWN, 1, 1000, err));
    REEL_TRY(take_int(&out->editorial, args, OPT_EDITORIAL, 0, REEL_SIMULATE_DAYS, err));
    REEL_TRY(take_int(&out->threads, args, OPT_THREADS, 1, 1024, err));
    REEL_TRY(reel__args_int(args, OPT_SEED, 0, INT64_MAX / 2, &seed, err));
    REEL_TRY(reel__args_real(args, OPT_FADING, 0, 10, &out->manner.fading, err));
    REEL_TRY(reel__args_real(args, OPT_RATES, 0, 1, &out->manner.rates, err));
    out->people = (reel_index)people;
    out->films = (reel_index)films;
    out->seed = (uint64_t)seed;
    rc = take_arms(out->arms, args->option[OPT_ARMS], err);
out:
    return rc;
}

/* ---- a server ------------------------------------------------------------------------------ */

static reel_code write_traffic(reel_json *json, const void *what, reel_err *err)
{
    const reel_traffic *t = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_int(json, "lists", t->lists);
    reel__json_put_int(json, "feedback_calls", t->calls);
    reel__json_put_int(json, "failed", t->failed);
    reel__json_put_known(json, "first_failure", t->why);
    reel__json_put_int(json, "shown", t->shown);
    reel__json_put_int(json, "clicked", t->clicked);
    reel__json_put_int(json, "rated", t->rated);
    reel__json_put_real(json, "seconds", t->seconds);
    reel__json_put_real(json, "list_ms_p50", t->list_ms[0]);
    reel__json_put_real(json, "list_ms_p95", t->list_ms[1]);
    reel__json_put_real(json, "list_ms_p99", t->list_ms[2]);
    reel__json_object_end(json);
    return REEL_OK;
}

static void tell_traffic(const reel_traffic *t)
{
    reel__term_print("%lld lists, %lld calls of feedback, %lld failed in %.1f s: %.0f a second\n",
                     (long long)t->lists, (long long)t->calls, (long long)t->failed, t->seconds,
                     (double)(t->lists + t->calls + t->failed) / t->seconds);
    if (t->lists > 0)
        reel__term_print("a list took %.1f ms (half of them), %.1f (95 %%), %.1f (99 %%)\n",
                         t->list_ms[0], t->list_ms[1], t->list_ms[2]);
    if (t->shown > 0)
        reel__term_print("%lld films shown, %lld clicked (%.2f %%), %lld rated\n",
                         (long long)t->shown, (long long)t->clicked,
                         100 * (double)t->clicked / (double)t->shown, (long long)t->rated);
    if (t->failed > 0)
        reel__term_print("the first that failed: %s\n", t->why);
}

static reel_code ask_server(const reel_simulate_opts *how, const reel_args *args, reel_err *err)
{
    reel_traffic_opts opts = {.url = args->option[OPT_URL],
                              .key = reel__env_get("REEL_KEY", NULL),
                              .people = how->people,
                              .visits = how->days,
                              .list = how->list,
                              .parallel = 16,
                              .rate = 1000,
                              .manner = how->manner,
                              .seed = how->seed,
                              .cancel = how->cancel};
    reel_traffic traffic;
    reel_code rc;

    REEL_TRY(take_int(&opts.parallel, args, OPT_PARALLEL, 1, 1000, err));
    REEL_TRY(reel__args_real(args, OPT_RATE, 0.01, 1e6, &opts.rate, err));
    REEL_TRY(reel__traffic(&traffic, &opts, err));
    if (args->json)
        rc = reel__print_json(write_traffic, &traffic, err);
    else
        tell_traffic(&traffic);
    if (rc == REEL_OK && traffic.lists == 0)
        rc = reel_fail(err, REEL_E_STORE, "%s: no list came", opts.url);
out:
    return rc;
}

/* ---- experiments --------------------------------------------------------------------------- */

/* "hybrid,popular", or "hybrid" */
static reel_code take_models(reel_repeats_opts *out, char room[2][REEL_ARM_MODEL], const char *text,
                             reel_err *err)
{
    const char *comma = text != NULL ? strchr(text, ',') : NULL;
    const size_t first = text != NULL ? strcspn(text, ",") : 0;

    if (text == NULL)
        return REEL_OK;
    if (first == 0 || first >= REEL_ARM_MODEL ||
        (comma != NULL && (comma[1] == '\0' || strlen(comma + 1) >= REEL_ARM_MODEL)))
        return reel_fail(err, REEL_E_INVALID,
                         "--models: expected one or two, such as hybrid,popular");
    (void)snprintf(room[0], REEL_ARM_MODEL, "%.*s", (int)first, text);
    (void)snprintf(room[1], REEL_ARM_MODEL, "%s", comma != NULL ? comma + 1 : "");
    out->control = room[0];
    out->other = comma != NULL ? room[1] : NULL;
    return REEL_OK;
}

/* What means nothing to experiments, which have their own time and in which nobody rates. */
static reel_code check_alone(const reel_args *args, reel_err *err)
{
    static const int others[] = {OPT_DAYS, OPT_EVERY, OPT_ARMS, OPT_RATES};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (args->option[others[i]] != NULL)
            return reel_fail(err, REEL_E_INVALID,
                             "--%s: it means nothing beside --experiment; leave one of them out",
                             args->command->options[others[i]].name);
    return REEL_OK;
}

static reel_code experiment(const reel_simulate_opts *how, const reel_args *args, bool json,
                            reel_err *err)
{
    reel_repeats_opts opts = reel__repeats_default();
    char models[2][REEL_ARM_MODEL];
    const reel_index people = opts.world.people;
    reel_code rc;

    REEL_TRY(check_alone(args, err));
    opts.world = *how;
    if (args->option[OPT_PEOPLE] == NULL)
        opts.world.people = people;
    REEL_TRY(take_models(&opts, models, args->option[OPT_MODELS], err));
    REEL_TRY(take_int(&opts.repeats, args, OPT_REPEATS, 1, REEL_REPEATS_MAX, err));
    REEL_TRY(reel__args_real(args, OPT_ALPHA, 0.0001, 0.5, &opts.alpha, err));
    REEL_TRY(reel__args_real(args, OPT_SMALLEST, 0.0001, 1, &opts.smallest, err));
    rc = reel__simulate_experiments(&opts, json, err);
out:
    return rc;
}

/* ---- weights of signals -------------------------------------------------------------------- */

/* Unless told otherwise two weeks with one training between, and people who rate less. */
static reel_code signals(const reel_simulate_opts *how, const reel_args *args, bool json,
                         reel_err *err)
{
    const char *split = args->option[OPT_SPLIT] != NULL ? args->option[OPT_SPLIT] : "validation";
    const bool test = strcmp(split, "test") == 0;
    reel_simulate_opts world = *how;

    if (!test && strcmp(split, "validation") != 0)
        return reel_fail(err, REEL_E_INVALID, "--split: \"%.40s\" is neither validation nor test",
                         split);
    if (args->option[OPT_DAYS] == NULL)
        world.days = 14;
    if (args->option[OPT_EVERY] == NULL)
        world.every = 7;
    if (args->option[OPT_RATES] == NULL)
        world.manner.rates = 0.3;
    return reel__simulate_signals(&world, test, args->option[OPT_SIGNALS], json, err);
}

/* Rows are of days, of which the others have none. */
static reel_code check_format(const char *format, const reel_args *args, reel_err *err)
{
    const bool csv = strcmp(format, "csv") == 0;

    if (!csv && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return reel_fail(err, REEL_E_INVALID, "--format: \"%.40s\" is none of text, csv and json",
                         format);
    if (csv && (args->option[OPT_EXPERIMENT] != NULL || args->option[OPT_SIGNALS] != NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "--format: csv goes with neither --experiment nor --signals; text and "
                         "json do");
    return REEL_OK;
}

static reel_code simulate(const reel_args *args, reel_err *err)
{
    const char *format = args->option[OPT_FORMAT] != NULL ? args->option[OPT_FORMAT] : "text";
    reel_simulate_opts opts = reel__simulate_default();
    reel_simulation result = {.ndcg = NULL};
    bool json;
    reel_code rc;

    opts.progress = reel__term_progress(args->quiet);
    REEL_TRY(take_options(&opts, args, err));
    REEL_TRY(check_format(format, args, err));
    opts.cancel = reel__cancel_on_signal();
    if (args->option[OPT_URL] != NULL)
        return ask_server(&opts, args, err);
    json = args->json || strcmp(format, "json") == 0;
    if (args->option[OPT_EXPERIMENT] != NULL)
        return experiment(&opts, args, json, err);
    if (args->option[OPT_SIGNALS] != NULL)
        return signals(&opts, args, json, err);
    REEL_TRY(reel__simulate(&result, &opts, err));
    if (json)
        rc = reel__print_json(write_result, &result, err);
    else if (strcmp(format, "csv") == 0)
        rc = print_rows(&result, err);
    else
        tell(&result);
out:
    reel__simulation_fini(&result);
    return rc;
}

const reel_command reel__command_simulate = {
    "simulate",
    "",
    "made-up people use the program for some days",
    "People with tastes of their own get lists, look at them, click and rate, and\n"
    "the models are trained again each night, beside others that are not. It tells\n"
    "what becomes of held-out NDCG and of the share of films that are clicked.\n"
    "With --experiment they are in experiments, one after another, with one model\n"
    "in both arms and with two. With --signals the models are trained on the same\n"
    "log with each of several weights of signals.\n"
    "Everything is made in a temporary folder; an equal seed makes equal days.",
    options,
    simulate};
