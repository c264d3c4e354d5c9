/* cmd_explain.c - explain, similar-people and search: questions about one film, person or title. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/given.h"
#include "service/search.h"

enum { OUTPUT_MAX = 16 << 20, LABEL = 300, ANSWERS_MAX = 200, BAR = 24 };

enum { OPT_DATABASE, OPT_MODELS, OPT_THIRD, OPT_USER, OPT_RATINGS };

static const reel_option explain_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"model", "NAME", "hybrid (default), content, user-knn or popular"},
    {"user", "ID", "a person of the data set"},
    {"ratings", "FILE", "someone who is in no data set: rows such as \"Toy Story (1995),4.5\""},
    {NULL, NULL, NULL},
};

static void print_bar(const char *label, double value, double largest)
{
    const int filled = largest > 0 ? (int)(fabs(value) / largest * BAR + 0.5) : 0;

    reel__term_print("  %+9.4f  ", value);
    for (int i = 0; i < BAR; i++)
        reel__term_print("%s", i < filled ? (value < 0 ? "▒" : "█") : " ");
    reel__term_print("  %s\n", label);
}

static double largest_part(const reel_explanation *why)
{
    double largest =
        fabs(why->other) > fabs(why->baseline) ? fabs(why->other) : fabs(why->baseline);

    for (size_t i = 0; i < why->reason_count; i++)
        largest = fmax(largest, fabs(why->reasons[i].contribution));
    return largest;
}

static void print_reasons(const reel_dataset *dataset, const reel_recommendation *item)
{
    const reel_explanation *why = &item->why;
    const double largest = largest_part(why);
    char label[LABEL];

    reel__movie_label(label, sizeof label, dataset, item->movie);
    reel__term_print("%s%s%s scores %.4f:\n", reel__term_bold(), label, reel__term_plain(),
                     why->score);
    for (size_t i = 0; i < why->reason_count; i++) {
        reel__movie_label(label, sizeof label, dataset, why->reasons[i].movie);
        print_bar(label, why->reasons[i].contribution, largest);
    }
    print_bar("everything else rated", why->other, largest);
    print_bar("whoever asks (baseline)", why->baseline, largest);
    for (size_t i = 0; i < why->term_count; i++)
        reel__term_print("%s%s", i == 0 ? "In common: " : ", ", why->terms[i].term);
    if (why->term_count > 0)
        reel__term_print("\n");
}

static reel_code print_explanation(const reel_open *open, const reel_args *args,
                                   const reel_recommendation *item, reel_err *err)
{
    reel_buf text;
    reel_json json;
    reel_code rc = REEL_OK;

    if (!args->json) {
        print_reasons(reel__engine_dataset(open->engine), item);
        return REEL_OK;
    }
    reel__buf_init(&text, OUTPUT_MAX);
    reel__json_init(&json, &text);
    reel__write_explanation(&json, open->session, item);
    rc = reel__print_json(&text, err);
    reel__buf_fini(&text);
    return rc;
}

static reel_code explain(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_given_list given = {0};
    reel_request request = reel__request_default();
    const reel_notice notice = reel__term_notice(args->quiet);
    reel_recommendation item;
    reel_index movie;
    char title[LABEL];
    reel_code rc;

    REEL_TRY(reel__args_words(args, title, sizeof title, "the film", err));
    if ((args->option[OPT_USER] != NULL) == (args->option[OPT_RATINGS] != NULL))
        return reel_fail(err, REEL_E_INVALID, "say for whom: either --user ID or --ratings FILE");
    REEL_TRY(reel__args_int(args, OPT_USER, 0, INT64_MAX, &request.user, err));
    request.model = args->option[OPT_THIRD];
    request.reasons = 8;
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, NULL, err));
    if (args->option[OPT_RATINGS] != NULL) {
        REEL_TRY(reel__given_read(&given, open.engine, open.session, args->option[OPT_RATINGS],
                                  &notice, err));
        request.given = given.items;
        request.given_count = given.count;
    }
    REEL_TRY(reel__search_one(open.session, title, &movie, err));
    REEL_TRY(reel__explain(open.session, &request,
                           reel_dataset_movie_ids(reel__engine_dataset(open.engine))[movie], &item,
                           err));
    rc = print_explanation(&open, args, &item, err);
out:
    reel__given_fini(&given);
    reel__open_end(&open);
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

static const reel_option people_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"limit", "N", "how many people, 1 to 200 (default 10)"},
    {"user", "ID", "a person of the data set"},
    {NULL, NULL, NULL},
};

static reel_code people_table(const reel_similar_person *people, size_t count, reel_err *err)
{
    static const char *const headings[] = {">Person", ">Similarity", ">Ratings", ">In common"};
    reel_table *table = NULL;
    reel_code rc;

    REEL_TRY(reel__table_new(&table, headings, 4, err));
    for (size_t i = 0; i < count; i++) {
        REEL_TRY(reel__table_cell(table, err, "%" PRId64, people[i].person));
        REEL_TRY(reel__table_cell(table, err, "%.3f", people[i].similarity));
        REEL_TRY(reel__table_cell(table, err, "%" PRId64, people[i].ratings));
        REEL_TRY(reel__table_cell(table, err, "%" PRId64, people[i].common));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static reel_code people_json(const reel_similar_person *people, size_t count, reel_err *err)
{
    reel_buf text;
    reel_json json;
    reel_code rc;

    reel__buf_init(&text, OUTPUT_MAX);
    reel__json_init(&json, &text);
    reel__json_object(&json);
    reel__json_key(&json, "items");
    reel__json_array(&json);
    for (size_t i = 0; i < count; i++)
        reel__write_similar_person(&json, &people[i]);
    reel__json_array_end(&json);
    reel__json_object_end(&json);
    rc = reel__print_json(&text, err);
    reel__buf_fini(&text);
    return rc;
}

static reel_code similar_people(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_request request = reel__request_default();
    reel_similar_person people[ANSWERS_MAX];
    const char *user;
    int64_t limit = 10;
    size_t count;
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_USER, &user, err));
    REEL_TRY(reel__args_int(args, OPT_USER, 0, INT64_MAX, &request.user, err));
    REEL_TRY(reel__args_int(args, OPT_THIRD, 1, ANSWERS_MAX, &limit, err));
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, "user-knn", err));
    REEL_TRY(reel__similar_people(open.session, &request, (size_t)limit, people, &count, err));
    rc = args->json ? people_json(people, count, err) : people_table(people, count, err);
out:
    reel__open_end(&open);
    return rc;
}

/* ---- search -------------------------------------------------------------------------------- */

static const reel_option search_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"limit", "N", "how many films, 1 to 200 (default 10)"},
    {NULL, NULL, NULL},
};

static reel_code hits_table(const reel_open *open, const reel_hits *hits, reel_err *err)
{
    static const char *const headings[] = {">Id", "Film", "Genres", ">Ratings", ">Match"};
    const reel_dataset *dataset = reel__engine_dataset(open->engine);
    reel_table *table = NULL;
    reel_code rc;

    REEL_TRY(reel__table_new(&table, headings, 5, err));
    for (size_t i = 0; i < hits->count; i++) {
        const reel_movie film = reel_dataset_movie(dataset, hits->items[i].movie);
        char label[LABEL];
        reel__movie_label(label, sizeof label, dataset, hits->items[i].movie);
        REEL_TRY(reel__table_cell(table, err, "%" PRId64, film.id));
        REEL_TRY(reel__table_cell(table, err, "%s", label));
        REEL_TRY(reel__table_cell(table, err, "%s", film.genres));
        REEL_TRY(reel__table_cell(table, err, "%" PRId64,
                                  reel__engine_rated(open->engine, hits->items[i].movie, NULL)));
        REEL_TRY(reel__table_cell(table, err, "%.2f", (double)hits->items[i].match));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static reel_code hits_json(const reel_open *open, const reel_hits *hits, reel_err *err)
{
    reel_buf text;
    reel_json json;
    reel_code rc;

    reel__buf_init(&text, OUTPUT_MAX);
    reel__json_init(&json, &text);
    reel__json_object(&json);
    reel__json_key(&json, "items");
    reel__json_array(&json);
    for (size_t i = 0; i < hits->count; i++)
        reel__write_hit(&json, open->engine, &hits->items[i]);
    reel__json_array_end(&json);
    reel__json_object_end(&json);
    rc = reel__print_json(&text, err);
    reel__buf_fini(&text);
    return rc;
}

static reel_code search(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_hits hits;
    char query[LABEL];
    int64_t limit = 10;
    reel_code rc;

    REEL_TRY(reel__args_words(args, query, sizeof query, "what to search for", err));
    REEL_TRY(reel__args_int(args, OPT_THIRD, 1, ANSWERS_MAX, &limit, err));
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, "popular", err));
    REEL_TRY(reel__search(open.session, query, (reel_page){0, (size_t)limit}, &hits, err));
    if (args->json)
        rc = hits_json(&open, &hits, err);
    else if (hits.count == 0)
        reel__term_print("No film fits \"%s\".\n", query);
    else
        rc = hits_table(&open, &hits, err);
out:
    reel__open_end(&open);
    return rc;
}

const reel_command reel__command_explain = {
    "explain",
    "TITLE|ID",
    "why a film is (or is not) recommended to someone",
    "The parts add up to the score: what each rated film added, the rest, and a baseline.",
    explain_options,
    explain};

const reel_command reel__command_similar_people = {
    "similar-people", "", "people with a taste like someone's", NULL, people_options,
    similar_people};

const reel_command reel__command_search = {
    "search", "TITLE", "films by title, as people type it", NULL, search_options, search};
