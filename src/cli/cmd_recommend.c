/* cmd_recommend.c - recommend and similar: lists with the reason for each film. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/given.h"
#include "service/search.h"

enum { OUTPUT_MAX = 16 << 20, LABEL = 300 };

enum { OPT_DATABASE, OPT_MODELS, OPT_MODEL, OPT_LIMIT, OPT_SEEN, OPT_USER, OPT_RATINGS };

#define LIST_OPTIONS                                                                               \
    {"database", "FILE", "the database `reel load` made"},                                         \
        {"models", "DIR", "where model files are kept (default FILE.models)"},                     \
        {"model", "NAME", "hybrid (default), content, user-knn or popular"},                       \
        {"limit", "N", "how many films, 1 to 100 (default 10)"},                                   \
    {                                                                                              \
        "seen", NULL, "list films of the history too"                                              \
    }

static const reel_option recommend_options[] = {
    LIST_OPTIONS,
    {"user", "ID", "a person of the data set"},
    {"ratings", "FILE", "someone who is in no data set: rows such as \"Toy Story (1995),4.5\""},
    {NULL, NULL, NULL},
};

static const reel_option similar_options[] = {LIST_OPTIONS, {NULL, NULL, NULL}};

/* "Fargo, Heat and 12 more", or the terms two films share. */
static void why_text(char *out, size_t size, const reel_dataset *dataset,
                     const reel_recommendation *item)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < item->why.term_count && i < 3 && item->why.reason_count <= 1; i++) {
        const int written =
            snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", item->why.terms[i].term);
        used += written > 0 && (size_t)written < size - used ? (size_t)written : 0;
    }
    for (size_t i = 0; i < item->why.reason_count && i < 3 && item->why.reason_count > 1; i++) {
        const reel_movie film = reel_dataset_movie(dataset, item->why.reasons[i].movie);
        const int written =
            snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "because of ", film.name);
        used += written > 0 && (size_t)written < size - used ? (size_t)written : 0;
    }
}

static reel_code add_rows(reel_table *table, const reel_dataset *dataset, const reel_list *list,
                          reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < list->count; i++) {
        const reel_recommendation *item = &list->items[i];
        char label[LABEL], why[LABEL];
        reel__movie_label(label, sizeof label, dataset, item->movie);
        why_text(why, sizeof why, dataset, item);
        REEL_TRY(reel__table_cell(table, err, "%d", item->rank));
        REEL_TRY(reel__table_cell(table, err, "%s", label));
        REEL_TRY(reel__table_cell(table, err, "%.3f", item->score));
        REEL_TRY(reel__table_cell(table, err, "%s", why));
    }
out:
    return rc;
}

static reel_code print_human(const reel_open *open, const reel_list *list, reel_err *err)
{
    static const char *const headings[] = {">", "Film", ">Score", "Why"};
    const reel_dataset *dataset = reel__engine_dataset(open->engine);
    reel_table *table = NULL;
    reel_code rc;

    REEL_TRY(reel__table_new(&table, headings, 4, err));
    REEL_TRY(add_rows(table, dataset, list, err));
    reel__table_print(table);
    reel__term_print("%s%s, %s%s%s%s\n", reel__term_dim(), list->model, list->basis,
                     list->removed_seen > 0 ? ", films already rated left out" : "",
                     reel_dataset_simulated(dataset) ? "; simulated people" : "",
                     reel__term_plain());
out:
    reel__table_free(table);
    return rc;
}

static reel_code print_list(const reel_open *open, const reel_args *args,
                            const reel_request *request, reel_err *err)
{
    const reel_list *list;
    reel_buf text;
    reel_json json;
    reel_code rc;

    reel__buf_init(&text, OUTPUT_MAX);
    REEL_TRY(reel__recommend(open->session, request, &list, err));
    if (args->json) {
        reel__json_init(&json, &text);
        reel__write_list(&json, open->session, list);
        rc = reel__print_json(&text, err);
    } else {
        rc = print_human(open, list, err);
    }
out:
    reel__buf_fini(&text);
    return rc;
}

static reel_code read_list_options(const reel_args *args, reel_request *request, reel_err *err)
{
    int64_t limit = 10;
    const reel_code rc = reel__args_int(args, OPT_LIMIT, 1, 100, &limit, err);

    *request = reel__request_default();
    request->limit = (size_t)limit;
    request->model = args->option[OPT_MODEL];
    request->show_seen = args->option[OPT_SEEN] != NULL;
    return rc;
}

static reel_code recommend(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_given_list given = {0};
    reel_request request;
    const reel_notice notice = reel__term_notice(args->quiet);
    const bool by_user = args->option[OPT_USER] != NULL;
    const bool by_file = args->option[OPT_RATINGS] != NULL;
    reel_code rc;

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
    rc = print_list(&open, args, &request, err);
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
    if (!args->json) {
        reel__movie_label(title, sizeof title, reel__engine_dataset(open.engine), movie);
        reel__term_print("Films like %s%s%s\n\n", reel__term_bold(), title, reel__term_plain());
    }
    rc = print_list(&open, args, &request, err);
out:
    reel__open_end(&open);
    return rc;
}

const reel_command reel__command_recommend = {
    "recommend",
    "",
    "films for a person, with the reason for each",
    "For a person of the data set (--user), or for anyone by a file of their ratings (--ratings).\n"
    "Models that are missing are trained first.",
    recommend_options,
    recommend};

const reel_command reel__command_similar = {
    "similar",
    "TITLE|ID",
    "films like one film",
    "The title may be typed as people type it; when several fit, they are named.",
    similar_options,
    similar};
