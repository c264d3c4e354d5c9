/* cmd_explain.c - explain, similar-people and search: questions about one film, person or title. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/feedback/given.h"
#include "service/engine/place.h"
#include "service/engine/search.h"

enum { LABEL = 300, ANSWERS_MAX = 200, BAR = 24 };

enum { OPT_DATABASE, OPT_MODELS, OPT_THIRD, OPT_USER, OPT_RATINGS };

static const reel_option explain_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"model", "NAME", "hybrid (default), ease, ials, content, ..."},
    {"user", "ID", "a person of the data set"},
    {"ratings", "FILE", "anyone: rows such as \"Toy Story (1995),4.5\""},
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

static void print_reasons(const reel_dataset *dataset, const reel_args *args,
                          const reel_recommendation *item)
{
    const char *user = args->option[OPT_USER];
    const reel_explanation *why = &item->why;
    const double largest = largest_part(why);
    char label[LABEL];

    reel__movie_label(label, sizeof label, dataset, item->movie);
    reel__term_print("%s%s scores %.4f for %s%s%s:\n\n", reel__term_bold(), label, why->score,
                     user != NULL ? "person " : "", user != NULL ? user : args->option[OPT_RATINGS],
                     reel__term_plain());
    for (size_t i = 0; i < why->reason_count; i++) {
        reel__movie_label(label, sizeof label, dataset, why->reasons[i].movie);
        print_bar(label, why->reasons[i].contribution, largest);
    }
    print_bar("everything else rated", why->other, largest);
    print_bar("for anyone (baseline)", why->baseline, largest);
    for (size_t i = 0; i < why->term_count; i++)
        reel__term_print("%s%s", i == 0 ? "\nIn common: " : ", ", why->terms[i].term);
    if (why->term_count > 0)
        reel__term_print("\n");
}

typedef struct explained {
    const reel_open *open;
    const reel_recommendation *item;
} explained;

static reel_code write_explained(reel_json *json, const void *what, reel_err *err)
{
    const explained *film = what;

    (void)err;
    reel__write_explanation(json, film->open->session, film->item);
    return REEL_OK;
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
    if (args->json)
        rc = reel__print_json(write_explained, &(explained){&open, &item}, err);
    else
        print_reasons(reel__engine_dataset(open.engine), args, &item);
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

typedef struct similar_list {
    const reel_similar_person *people;
    size_t count;
} similar_list;

static reel_code write_people(reel_json *json, const void *what, reel_err *err)
{
    const similar_list *list = what;

    (void)err;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < list->count; i++)
        reel__write_similar_person(json, &list->people[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code print_people(const reel_args *args, const similar_list *list, reel_err *err)
{
    if (args->json)
        return reel__print_json(write_people, list, err);
    if (list->count == 0) {
        reel__term_print("Nobody rated enough of the same films.\n");
        return REEL_OK;
    }
    reel__term_print("%sPeople with a taste like person %s%s\n\n", reel__term_bold(),
                     args->option[OPT_USER], reel__term_plain());
    return people_table(list->people, list->count, err);
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
    rc = print_people(args, &(similar_list){people, count}, err);
out:
    reel__open_end(&open);
    return rc;
}

/* ---- search -------------------------------------------------------------------------------- */

static const reel_option search_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"limit", "N", "how many films, 1 to 200 (default 10)"},
    {"filter", "TEXT", "only films such as: genre:Western and rating >= 4 and ratings >= 50"},
    {NULL, NULL, NULL},
};

enum { OPT_FILTER = OPT_THIRD + 1 };

/* "Comedy|Drama" as people write it. */
static const char *list_text(char *out, size_t size, const char *joined)
{
    size_t used = 0;

    for (; *joined != '\0' && used + 3 < size; joined++) {
        out[used++] = (char)(*joined == '|' ? ',' : *joined);
        if (*joined == '|')
            out[used++] = ' ';
    }
    out[used] = '\0';
    return out;
}

static reel_code hit_row(reel_table *table, const reel_open *open, const reel_found *hit,
                         reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(open->engine);
    const reel_movie film = reel_dataset_movie(dataset, hit->movie);
    char label[LABEL], genres[LABEL], count[REEL_COUNT_TEXT];
    double mean;
    const int64_t rated = reel__engine_rated(open->engine, hit->movie, &mean);
    reel_buf found;
    reel_code rc;

    reel__buf_init(&found, 1 << 12);
    reel__movie_label(label, sizeof label, dataset, hit->movie);
    REEL_TRY(reel__hit_text(&found, open->session, hit, err));
    REEL_TRY(reel__table_cell(table, err, "%" PRId64, film.id));
    REEL_TRY(reel__table_cell(table, err, "%s", label));
    REEL_TRY(reel__table_cell(table, err, "%s", list_text(genres, sizeof genres, film.genres)));
    REEL_TRY(reel__table_cell(table, err, "%s", reel__term_count(count, rated)));
    REEL_TRY(reel__table_cell(table, err, "%.2f", (double)hit->match));
    REEL_TRY(reel__table_cell(table, err, "%s", found.length > 0 ? found.data : ""));
out:
    reel__buf_fini(&found);
    return rc;
}

static reel_code hits_table(const reel_open *open, const reel_search_hits *hits, reel_err *err)
{
    static const char *const headings[] = {">Id", "Film", "Genres", ">Ratings", ">Match", "Found"};
    reel_table *table = NULL;
    reel_code rc;

    REEL_TRY(reel__table_new(&table, headings, 6, err));
    for (size_t i = 0; i < hits->count; i++)
        REEL_TRY(hit_row(table, open, &hits->items[i], err));
    reel__table_print(table);
    reel__print_attribution(reel__engine_has_tmdb(open->engine));
out:
    reel__table_free(table);
    return rc;
}

typedef struct found {
    const reel_open *open;
    const reel_search_hits *hits;
} found;

static reel_code write_hits(reel_json *json, const void *what, reel_err *err)
{
    const found *films = what;
    reel_code rc = REEL_OK;

    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < films->hits->count; i++)
        REEL_TRY(reel__write_hit(json, films->open->session, &films->hits->items[i], err));
    reel__json_array_end(json);
    reel__json_put_int(json, "total", (int64_t)films->hits->total);
    reel__json_key(json, "removed");
    reel__json_object(json);
    reel__json_put_int(json, "filter", (int64_t)films->hits->hidden);
    reel__json_object_end(json);
    reel__json_object_end(json);
out:
    return rc;
}

static void say_nothing_found(const char *query, size_t hidden)
{
    char count[REEL_COUNT_TEXT];

    if (hidden == 0)
        reel__term_print("No film fits \"%s\".\n", query);
    else
        reel__term_print("No film that fits passes the filter; without it there %s %s.\n",
                         hidden == 1 ? "is" : "are", reel__term_count(count, (int64_t)hidden));
}

/* Without words, those with the most ratings of what passes the filter. */
static reel_code take_query(char *out, size_t size, const reel_args *args, reel_err *err)
{
    reel_code rc = REEL_OK;

    out[0] = '\0';
    if (args->words > 0 || args->option[OPT_FILTER] == NULL)
        REEL_TRY(reel__args_words(args, out, size, "what to search for", err));
    if (!reel__utf8_valid(out, strlen(out)))
        rc = reel_fail(err, REEL_E_INVALID, "what is searched for is no UTF-8 text");
out:
    return rc;
}

static reel_code search(const reel_args *args, reel_err *err)
{
    reel_open open = {0};
    reel_search_hits hits;
    reel_place place;
    char query[REEL_SEARCH_QUERY_MAX + 1];
    int64_t limit = 10;
    reel_code rc;

    REEL_TRY(take_query(query, sizeof query, args, err));
    REEL_TRY(reel__args_int(args, OPT_THIRD, 1, ANSWERS_MAX, &limit, err));
    REEL_TRY(reel__open(&open, args, OPT_DATABASE, OPT_MODELS, "popular", err));
    place = reel__place_begin((size_t)limit);
    REEL_TRY(reel__search_from(open.session, query, args->option[OPT_FILTER], &place, &hits, err));
    if (args->json)
        rc = reel__print_json(write_hits, &(found){&open, &hits}, err);
    else if (hits.count == 0)
        say_nothing_found(query, hits.hidden);
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
    "The parts add up to the score: what each rated film added, the rest, and a\n"
    "baseline.",
    explain_options,
    explain};

const reel_command reel__command_similar_people = {
    "similar-people", "", "people with a taste like someone's", NULL, people_options,
    similar_people};

const reel_command reel__command_search = {
    "search",
    "WORDS",
    "films by title, person, keyword or words of the overview",
    "Beginnings, typos and missing accents are understood; a year may stand among the\n"
    "words. With a filter words may be left out.",
    search_options,
    search};
