/* cmd_recommend.c - recommend and similar: lists with the reason for each film. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/feedback/given.h"
#include "service/engine/search.h"

enum { LABEL = 300 };

enum {
    OPT_DATABASE,
    OPT_MODELS,
    OPT_MODEL,
    OPT_LIMIT,
    OPT_SEEN,
    OPT_FILTER,
    OPT_BOOST,
    OPT_DIVERSITY,
    OPT_NOVELTY,
    OPT_CALIBRATE,
    OPT_USER,
    OPT_RATINGS,
    OPT_HISTORIES,
    OPT_ALL,
    OPT_USERS,
    OPT_K,
    OPT_OUTPUT,
    OPT_HEADER,
    OPT_THREADS,
    OPT_STRICT
};

/* A person's taste is every model's matter; what two films have in common is in their texts. */
#define LIST_OPTIONS(MODEL_HELP)                                                                   \
    {"database", "FILE", "the database `reel load` made"},                                         \
        {"models", "DIR", "where model files are kept (default FILE.models)"},                     \
        {"model", "NAME", MODEL_HELP}, {"limit", "N", "how many films, 1 to 100 (default 10)"},    \
        {"seen", NULL, "list films of the history too"},                                           \
        {"filter", "TEXT", "only films such as: year >= 1990 and not genre:Horror"},               \
        {"boost", "TEXT", "sooner: if director:\"Agnes Varda\" then 2 else 1"},                    \
        {"diversity", "X", "0 to 1: films unlike one another"},                                    \
        {"novelty", "X", "0 to 1: little known films"},                                            \
    {                                                                                              \
        "calibrate", "X", "0 to 1: genres in the shares of the history"                            \
    }

static const reel_option recommend_options[] = {
    LIST_OPTIONS("hybrid (default) or another; with --histories a file"),
    {"user", "ID", "a person of the data set"},
    {"ratings", "FILE", "anyone: rows such as \"Toy Story (1995),4.5\""},
    {"histories", "FILE", "many people: rows of user item [rating [time]];"},
    {"all", NULL, "  lists of all of them, or"},
    {"users", "FILE", "  of these, one a line"},
    {"k", "N", "  how many items (default 10)"},
    {"output", "FILE", "  where user, rank, item, score go"},
    {"header", NULL, "  write a header line"},
    {"threads", "N", "  how many; never changes a list (default: all cores)"},
    {"strict", NULL, "  stop at the first wrong row"},
    {NULL, NULL, NULL},
};

static const reel_option similar_options[] = {
    LIST_OPTIONS("content (default), hybrid, ease, ials, ..."),
    {NULL, NULL, NULL},
};

/* Who or what a list is for, as a person would say it. */
typedef struct shown_list {
    const reel_open *open;
    const reel_args *args;
    const reel_list *list;
    size_t given; /* rows of --ratings that were used */
} shown_list;

/* ---- why ----------------------------------------------------------------------------------- */

enum { NAMED = 3 };

static void add_name(char *out, size_t size, const char *name)
{
    const size_t used = strlen(out);

    (void)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", name);
}

/* What a film shares with the one asked about, else the films of the history that spoke for it
 * most, else how it was rated. */
static void why_text(char *out, size_t size, const shown_list *shown,
                     const reel_recommendation *item)
{
    const reel_dataset *dataset = reel__engine_dataset(shown->open->engine);
    const reel_explanation *why = &item->why;
    double mean;
    int64_t count;

    out[0] = '\0';
    if (shown->list->source_movie >= 0)
        for (size_t i = 0; i < why->term_count && i < NAMED; i++)
            add_name(out, size, why->terms[i].term);
    else
        for (size_t i = 0; i < why->reason_count && i < NAMED; i++)
            if (why->reasons[i].contribution > 0)
                add_name(out, size, reel_dataset_movie(dataset, why->reasons[i].movie).name);
    if (out[0] != '\0')
        return;
    count = reel__engine_rated(shown->open->engine, item->movie, &mean);
    if (count > 0)
        (void)snprintf(out, size, "%.2f stars from %" PRId64 " people", mean, count);
}

/* ---- for people ---------------------------------------------------------------------------- */

static reel_code add_rows(reel_table *table, const shown_list *shown, reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(shown->open->engine);
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < shown->list->count; i++) {
        const reel_recommendation *item = &shown->list->items[i];
        char label[LABEL], why[LABEL];
        reel__movie_label(label, sizeof label, dataset, item->movie);
        why_text(why, sizeof why, shown, item);
        REEL_TRY(reel__table_cell(table, err, "%d", item->rank));
        REEL_TRY(reel__table_cell(table, err, "%s", label));
        REEL_TRY(reel__table_cell(table, err, "%.3f", item->score));
        REEL_TRY(reel__table_cell(table, err, "%s", why));
    }
out:
    return rc;
}

/* "1 film", "1,234 films" */
static const char *films_text(char out[REEL_COUNT_TEXT], int64_t count)
{
    const size_t used = strlen(reel__term_count(out, count));

    (void)snprintf(out + used, REEL_COUNT_TEXT - used, count == 1 ? " film" : " films");
    return out;
}

static void print_heading(const shown_list *shown)
{
    const reel_dataset *dataset = reel__engine_dataset(shown->open->engine);
    const reel_list *list = shown->list;
    char label[LABEL], count[REEL_COUNT_TEXT];

    reel__term_print("%s", reel__term_bold());
    if (list->source_movie >= 0) {
        reel__movie_label(label, sizeof label, dataset,
                          reel_dataset_find_movie(dataset, list->source_movie));
        reel__term_print("Films like %s", label);
    } else if (list->user >= 0) {
        reel__term_print("Films for person %" PRId64 ", who rated %s", list->user,
                         films_text(count, (int64_t)list->history));
    } else {
        reel__term_print("Films for whoever rated the %s in %s",
                         films_text(count, (int64_t)shown->given),
                         shown->args->option[OPT_RATINGS]);
    }
    reel__term_print("%s\n\n", reel__term_plain());
}

static void print_footing(const shown_list *shown)
{
    const reel_list *list = shown->list;
    char count[REEL_COUNT_TEXT];

    reel__term_print("\n%sModel %s", reel__term_dim(), list->model);
    if (strcmp(list->basis, "fallback") == 0)
        reel__term_print(", as nothing in these ratings tells another one what to choose");
    if (list->source_movie < 0 && list->removed_seen > 0)
        reel__term_print("; %s already rated left out",
                         films_text(count, (int64_t)list->removed_seen));
    if (list->removed_filter > 0)
        reel__term_print("; %s left out by the filter",
                         films_text(count, (int64_t)list->removed_filter));
    if (reel_dataset_simulated(reel__engine_dataset(shown->open->engine)))
        reel__term_print("; the people are simulated");
    reel__term_print(".%s\n", reel__term_plain());
}

static reel_code print_human(const shown_list *shown, reel_err *err)
{
    const char *headings[] = {">", "Film", ">Score",
                              shown->list->source_movie >= 0 ? "In common" : "Because of"};
    reel_table *table = NULL;
    reel_code rc;

    if (strcmp(shown->list->model, "popular") == 0)
        headings[3] = "Rated";
    REEL_TRY(reel__table_new(&table, headings, 4, err));
    REEL_TRY(add_rows(table, shown, err));
    print_heading(shown);
    if (shown->list->count > 0)
        reel__table_print(table);
    else
        reel__term_print("No film is left.\n");
    print_footing(shown);
out:
    reel__table_free(table);
    return rc;
}

/* ---- the commands -------------------------------------------------------------------------- */

static reel_code write_list(reel_json *json, const void *what, reel_err *err)
{
    const shown_list *list = what;

    (void)err;
    reel__write_list(json, list->open->session, list->list, NULL);
    return REEL_OK;
}

static reel_code print_list(shown_list *shown, const reel_request *request, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__recommend(shown->open->session, request, &shown->list, err));
    rc = shown->args->json ? reel__print_json(write_list, shown, err) : print_human(shown, err);
out:
    return rc;
}

static reel_code read_list_options(const reel_args *args, reel_request *request, reel_err *err)
{
    int64_t limit = 10;
    reel_code rc;

    *request = reel__request_default();
    REEL_TRY(reel__args_int(args, OPT_LIMIT, 1, 100, &limit, err));
    REEL_TRY(reel__args_real(args, OPT_DIVERSITY, 0, 1, &request->diversity, err));
    REEL_TRY(reel__args_real(args, OPT_NOVELTY, 0, 1, &request->novelty, err));
    REEL_TRY(reel__args_real(args, OPT_CALIBRATE, 0, 1, &request->calibrate, err));
    request->limit = (size_t)limit;
    request->model = args->option[OPT_MODEL];
    request->show_seen = args->option[OPT_SEEN] != NULL;
    request->filter = args->option[OPT_FILTER];
    request->boost = args->option[OPT_BOOST];
out:
    return rc;
}

/* Lists from files and lists from a database share one command, but no options but --model. */
static reel_code refuse_mixture(const reel_args *args, reel_err *err)
{
    const bool files = args->option[OPT_HISTORIES] != NULL;
    const int first = files ? OPT_DATABASE : OPT_ALL, last = files ? OPT_RATINGS : OPT_STRICT;

    for (int i = first; i <= last; i++)
        if (i != OPT_MODEL && args->option[i] != NULL)
            return reel_fail(err, REEL_E_INVALID,
                             files ? "--%s and --histories do not go together; with --histories go "
                                     "--model FILE, --all or --users, --k and --output"
                                   : "--%s goes with --histories FILE, the rows that lists are "
                                     "made from",
                             args->command->options[i].name);
    return REEL_OK;
}

static reel_code recommend(const reel_args *args, reel_err *err)
{
    static const int at[REEL_LISTS_OPTIONS] = {OPT_MODEL,  OPT_HISTORIES, OPT_ALL,
                                               OPT_USERS,  OPT_K,         OPT_OUTPUT,
                                               OPT_HEADER, OPT_THREADS,   OPT_STRICT};
    reel_open open = {0};
    reel_given_list given = {0};
    reel_request request;
    const reel_notice notice = reel__term_notice(args->quiet);
    const bool by_user = args->option[OPT_USER] != NULL;
    const bool by_file = args->option[OPT_RATINGS] != NULL;
    reel_code rc;

    REEL_TRY(refuse_mixture(args, err));
    if (args->option[OPT_HISTORIES] != NULL)
        return reel__recommend_files(args, at, err);
    REEL_TRY(read_list_options(args, &request, err));
    if (by_user == by_file)
        return reel_fail(err, REEL_E_INVALID, "say whose list: either --user ID or --ratings FILE");
    REEL_TRY(reel__args_int(args, OPT_USER, 0, INT64_MAX, &request.user, err));
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, NULL, err));
    if (by_file) {
        REEL_TRY(reel__given_read(&given, open.engine, open.session, args->option[OPT_RATINGS],
                                  &notice, err));
        request.given = given.items;
        request.given_count = given.count;
    }
    rc =
        print_list(&(shown_list){.open = &open, .args = args, .given = given.count}, &request, err);
out:
    reel__given_fini(&given);
    reel__open_end(&open);
    return rc;
}

static reel_code similar(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_request request;
    reel_index movie;
    char title[LABEL];
    reel_code rc;

    REEL_TRY(reel__args_words(args, title, sizeof title, "the film", err));
    REEL_TRY(read_list_options(args, &request, err));
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, NULL, err));
    REEL_TRY(reel__search_one(open.session, title, &movie, err));
    request.source_movie = reel_dataset_movie_ids(reel__engine_dataset(open.engine))[movie];
    rc = print_list(&(shown_list){.open = &open, .args = args}, &request, err);
out:
    reel__open_end(&open);
    return rc;
}

const reel_command reel__command_recommend = {
    "recommend",
    "",
    "films for a person, with the reason for each",
    "For a person of the data set (--user), or for anyone by a file of their\n"
    "ratings (--ratings). Models that are missing are trained first. For many people\n"
    "by a file of their histories and a model of `reel fit`: --histories, --output.",
    recommend_options,
    recommend};

const reel_command reel__command_similar = {
    "similar",
    "TITLE|ID",
    "films like one film",
    "The title may be typed as people type it; when several fit, they are named.",
    similar_options,
    similar};
