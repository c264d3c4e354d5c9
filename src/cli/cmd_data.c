/* cmd_data.c - sample, export, info and licenses: data out, and what there is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/mongo.h"
#include "cli/term.h"
#include "service/engine/about.h"
#include "service/films/enrich.h"
#include "service/files/import.h"
#include "service/engine/info.h"
#include "service/files/load.h"
#include "service/files/sample.h"

/* ---- sample -------------------------------------------------------------------------------- */

enum {
    SAMPLE_OUTPUT,
    SAMPLE_PEOPLE,
    SAMPLE_SEED,
    SAMPLE_FROM,
    SAMPLE_SHUFFLED,
    SAMPLE_RATINGS,
    SAMPLE_FILMS
};

static const reel_option sample_options[] = {
    {"output", "PATH", "where the MovieLens-shaped folder goes, or the file"},
    {"people", "N", "how many people (default 300; 20 with --from)"},
    {"seed", "N", "same seed, same ratings (default 1)"},
    {"from", "FILE", "cut the set out of a real database instead"},
    {"shuffled", NULL, "control: the same ratings given to random films"},
    {"ratings", "N", "instead: so many ratings, such as 10M, in one file"},
    {"films", "N", "  of how many films (default: by the number of ratings)"},
    {NULL, NULL, NULL},
};

typedef struct written {
    const char *output, *from; /* from NULL = simulated */
    int64_t people;
} written;

static reel_code write_sample(reel_json *json, const void *what, reel_err *err)
{
    const written *sample = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "output", sample->output);
    reel__json_put_int(json, "people", sample->people);
    reel__json_put_text(json, "from", sample->from);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code tell_sample(const reel_args *args, const written *sample, reel_err *err)
{
    char count[REEL_COUNT_TEXT];

    if (args->json)
        return reel__print_json(write_sample, sample, err);
    if (!args->quiet)
        reel__term_print("%s: %s %s%s\n", sample->output, reel__term_count(count, sample->people),
                         sample->from == NULL ? "simulated people" : "people of ",
                         sample->from == NULL ? "" : sample->from);
    return REEL_OK;
}

typedef struct zipf_written {
    const reel_zipf_opts *opts;
    const reel_zipf_report *report;
} zipf_written;

static reel_code write_zipf(reel_json *json, const void *what, reel_err *err)
{
    const zipf_written *sample = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "output", sample->opts->output);
    reel__json_put_int(json, "ratings", sample->opts->ratings);
    reel__json_put_int(json, "people", sample->report->people);
    reel__json_put_int(json, "films", sample->report->films);
    reel__json_object_end(json);
    return REEL_OK;
}

/* sample --ratings: one large file for measuring. */
static reel_code sample_zipf(const reel_args *args, reel_err *err)
{
    reel_zipf_opts opts = {.ratings = 0, .progress = reel__term_progress(args->quiet)};
    char ratings[REEL_COUNT_TEXT], people[REEL_COUNT_TEXT], films[REEL_COUNT_TEXT];
    reel_zipf_report report;
    int64_t seed = 1;
    reel_code rc;

    if (args->option[SAMPLE_FROM] != NULL || args->option[SAMPLE_SHUFFLED] != NULL)
        return reel_fail(err, REEL_E_INVALID, "--ratings goes with neither --from nor --shuffled");
    REEL_TRY(reel__args_need(args, SAMPLE_OUTPUT, &opts.output, err));
    REEL_TRY(
        reel__args_amount(args, SAMPLE_RATINGS, 1, INT64_C(1000000000000), &opts.ratings, err));
    REEL_TRY(reel__args_amount(args, SAMPLE_PEOPLE, 1, INT32_MAX, &opts.people, err));
    REEL_TRY(reel__args_amount(args, SAMPLE_FILMS, 1, INT32_MAX, &opts.films, err));
    REEL_TRY(reel__args_int(args, SAMPLE_SEED, 0, INT64_MAX, &seed, err));
    opts.seed = (uint64_t)seed;
    opts.cancel = reel__cancel_on_signal();
    REEL_TRY(reel__sample_zipf(&opts, &report, err));
    if (args->json)
        rc = reel__print_json(write_zipf, &(zipf_written){&opts, &report}, err);
    else if (!args->quiet)
        reel__term_print("%s: %s made-up ratings of %s films by %s people\n", opts.output,
                         reel__term_count(ratings, opts.ratings),
                         reel__term_count(films, report.films),
                         reel__term_count(people, report.people));
out:
    return rc;
}

static reel_code sample(const reel_args *args, reel_err *err)
{
    const char *from = args->option[SAMPLE_FROM];
    const char *output;
    int64_t people = from != NULL ? 20 : 300, seed = 1;
    reel_code rc;

    if (args->option[SAMPLE_RATINGS] != NULL)
        return sample_zipf(args, err);
    if (args->option[SAMPLE_FILMS] != NULL)
        return reel_fail(err, REEL_E_INVALID, "--films goes with --ratings");
    REEL_TRY(reel__args_need(args, SAMPLE_OUTPUT, &output, err));
    REEL_TRY(reel__args_int(args, SAMPLE_PEOPLE, 1, 100000, &people, err));
    REEL_TRY(reel__args_int(args, SAMPLE_SEED, 0, INT64_MAX, &seed, err));
    if (from != NULL) {
        rc = reel__sample_cut(from, output, (int)people, (uint64_t)seed, err);
    } else {
        const reel_sample_opts opts = {.output = output,
                                       .people = (int)people,
                                       .seed = (uint64_t)seed,
                                       .shuffled = args->option[SAMPLE_SHUFFLED] != NULL};
        rc = reel__sample_write(&opts, err);
    }
    if (rc == REEL_OK)
        rc = tell_sample(args, &(written){output, from, people}, err);
out:
    return rc;
}

/* ---- export -------------------------------------------------------------------------------- */

enum { EXPORT_DATABASE, EXPORT_MODELS, EXPORT_FORMAT, EXPORT_OF, EXPORT_USER, EXPORT_OUTPUT };

static const reel_option export_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"models", "DIR", "where model files are kept (default FILE.models)"},
    {"format", "FORMAT", "npy, npz; csv, jsonl; reel, letterboxd, imdb, trakt, ..."},
    {"of", "WHAT", "user-similarity, content-similarity or user-item"},
    {"user", "ID", "whose ratings: a person of the data set"},
    {"output", "FILE", "such as similarity_matrix.npy or user_item_matrix.npz"},
    {NULL, NULL, NULL},
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

typedef struct exported {
    const char *what, *output;
} exported;

static reel_code write_export(reel_json *json, const void *what, reel_err *err)
{
    const exported *matrix = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "matrix", matrix->what);
    reel__json_put_text(json, "output", matrix->output);
    reel__json_object_end(json);
    return REEL_OK;
}

typedef struct listed {
    const char *output;
    int64_t films;
} listed;

static reel_code write_listed(reel_json *json, const void *what, reel_err *err)
{
    const listed *done = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_int(json, "films", done->films);
    reel__json_put_text(json, "output", done->output);
    reel__json_object_end(json);
    return REEL_OK;
}

/* export enriched: the films with metadata. */
static reel_code export_enriched(const reel_args *args, const char *output, reel_err *err)
{
    const char *format = args->option[EXPORT_FORMAT], *database;
    char count[REEL_COUNT_TEXT];
    listed done = {.output = output};
    reel_code rc;

    REEL_TRY(reel__args_need(args, EXPORT_DATABASE, &database, err));
    if (format == NULL)
        format = ends_with(output, ".jsonl") ? "jsonl" : "csv";
    if (strcmp(format, "csv") == 0)
        REEL_TRY(reel__export_enriched_csv(database, output, &done.films, err));
    else if (strcmp(format, "jsonl") == 0)
        REEL_TRY(reel__export_enriched_jsonl(database, output, &done.films, err));
    else
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "--format: \"%.20s\" is neither csv nor jsonl, which films with "
                           "metadata can be exported as",
                           format));
    if (args->json)
        return reel__print_json(write_listed, &done, err);
    if (!args->quiet)
        reel__term_print("%s: %s film%s\n", output, reel__term_count(count, done.films),
                         done.films == 1 ? "" : "s");
out:
    return rc;
}

/* export ratings: what a person of the data set gave, in the layout of a service. */
static reel_code export_ratings(const reel_args *args, const char *output, reel_err *err)
{
    const char *format = args->option[EXPORT_FORMAT];
    reel_import_format layout = REEL_IMPORT_REEL;
    reel_imported given = {0};
    reel_open open = {0};
    listed done = {.output = output};
    char count[REEL_COUNT_TEXT];
    size_t left_out = 0;
    int64_t user = -1;
    reel_code rc;

    REEL_TRY(reel__args_int(args, EXPORT_USER, 0, INT64_MAX, &user, err));
    if (user < 0)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "--user says whose ratings to export"));
    if (format != NULL)
        REEL_TRY(reel__import_layout(format, &layout, err));
    REEL_TRY(reel__open(&open, args, EXPORT_DATABASE, EXPORT_MODELS, "popular", err));
    REEL_TRY(reel__import_of_person(&given, open.engine, user, err));
    REEL_TRY(reel__import_export(&given, open.engine, layout, reel__output_path(output), &left_out,
                                 err));
    done.films = (int64_t)(given.film_count - left_out);
    if (args->json) {
        rc = reel__print_json(write_listed, &done, err);
    } else if (!args->quiet && !reel__is_stdout(reel__output_path(output))) {
        reel__term_print("%s: %s film%s\n", output, reel__term_count(count, done.films),
                         done.films == 1 ? "" : "s");
        reel__print_count("films that the layout cannot hold: left out", (int64_t)left_out);
    }
out:
    reel__imported_fini(&given);
    reel__open_end(&open);
    return rc;
}

static reel_code export_matrix(const reel_args *args, reel_err *err)
{
    const char *format = args->option[EXPORT_FORMAT];
    const char *what =
        args->option[EXPORT_OF] == NULL ? "user-similarity" : args->option[EXPORT_OF];
    const char *output;
    reel_open open = {0};
    reel_code rc;

    if (args->words == 1 && strcmp(args->word[0], "mongo") == 0)
        return reel__export_mongo(args, EXPORT_DATABASE, err);
    if (args->words == 1 && strcmp(args->word[0], "ratings") == 0 &&
        args->option[EXPORT_OUTPUT] == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "--output must be given: where the ratings go, such as ratings.csv");
    REEL_TRY(reel__args_need(args, EXPORT_OUTPUT, &output, err));
    if (args->words == 1 && strcmp(args->word[0], "enriched") == 0)
        return export_enriched(args, output, err);
    if (args->words == 1 && strcmp(args->word[0], "ratings") == 0)
        return export_ratings(args, output, err);
    if (args->words != 1 || strcmp(args->word[0], "similarity") != 0)
        return reel_fail(
            err, REEL_E_INVALID,
            "there are four things to export: similarity, enriched, ratings and mongo");
    if (format != NULL && (!ends_with(output, format) || strncmp(format, "np", 2) != 0))
        return reel_fail(err, REEL_E_INVALID, "--format %.20s and --output %.200s disagree", format,
                         output);
    REEL_TRY(reel__open(&open, args, EXPORT_DATABASE, EXPORT_MODELS, NULL, err));
    REEL_TRY(reel__export_matrix(open.engine, what, output, err));
    if (args->json)
        rc = reel__print_json(write_export, &(exported){what, output}, err);
    else if (!args->quiet)
        reel__term_print("%s\n", output);
out:
    reel__open_end(&open);
    return rc;
}

/* ---- info ---------------------------------------------------------------------------------- */

enum { INFO_DATABASE };

static const reel_option info_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {NULL, NULL, NULL},
};

/* The day and minute are enough for a person. */
static void when_text(char *out, size_t size, int64_t when)
{
    char text[REEL_TIME_TEXT];

    reel__clock_text(when, text);
    (void)snprintf(out, size, "%.10s %.5s UTC", text, text + 11);
}

static reel_code models_table(const reel_info *info, reel_err *err)
{
    static const char *const headings[] = {"Model", "Id", "Trained", ">Seconds", ">Size"};
    reel_table *table = NULL;
    reel_code rc;

    REEL_TRY(reel__table_new(&table, headings, 5, err));
    for (size_t i = 0; i < info->model_count; i++) {
        const reel_info_model *model = &info->models[i];
        char trained[REEL_TIME_TEXT + 4], size[REEL_COUNT_TEXT];
        when_text(trained, sizeof trained, model->trained_at);
        REEL_TRY(reel__table_cell(table, err, "%s", model->name));
        REEL_TRY(reel__table_cell(table, err, "%.24s", model->model_id));
        REEL_TRY(reel__table_cell(table, err, "%s", trained));
        REEL_TRY(reel__table_cell(table, err, "%.2f", model->seconds));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__term_size(size, model->size_bytes)));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static void print_fact(const char *name, int64_t count, const char *unit)
{
    char text[REEL_COUNT_TEXT];

    reel__term_print("  %-10s %s%s\n", name, reel__term_count(text, count), unit);
}

static reel_code info_human(const char *database, const reel_info *info, reel_err *err)
{
    const reel_store_counts *counts = &info->counts;
    char size[REEL_COUNT_TEXT], shown[REEL_STORE_NAME];

    reel__database_shown(shown, database);
    reel__term_print("%s%s%s\n", reel__term_bold(), shown, reel__term_plain());
    reel__term_print("  %-10s %s%s\n", "source", counts->source[0] != '\0' ? counts->source : "-",
                     counts->simulated ? " (the people are simulated)" : "");
    print_fact("films", counts->movies, "");
    print_fact("people", counts->people, "");
    print_fact("ratings", counts->ratings, "");
    print_fact("feedback", counts->events, counts->events == 1 ? " event" : " events");
    reel__term_print("  %-10s %s, generation %" PRId64 ", schema %" PRId64 "\n", "file",
                     reel__term_size(size, counts->size_bytes), counts->generation, counts->schema);
    if (info->model_count == 0) {
        reel__term_print("\nNo models yet: `reel train --database %s` makes them.\n", shown);
        return REEL_OK;
    }
    reel__term_print("\n");
    return models_table(info, err);
}

typedef struct described {
    const char *database;
    reel_info info;
} described;

static reel_code write_info(reel_json *json, const void *what, reel_err *err)
{
    const described *store = what;

    (void)err;
    reel__info_write(json, store->database, &store->info);
    return REEL_OK;
}

static reel_code info(const reel_args *args, reel_err *err)
{
    described found;
    reel_code rc;

    REEL_TRY(reel__args_need(args, INFO_DATABASE, &found.database, err));
    REEL_TRY(reel__info(&found.info, found.database, err));
    rc = args->json ? reel__print_json(write_info, &found, err)
                    : info_human(found.database, &found.info, err);
out:
    return rc;
}

/* ---- licenses ------------------------------------------------------------------------------ */

static const reel_option no_options[] = {{NULL, NULL, NULL}};

static reel_code write_licenses(reel_json *json, const void *what, reel_err *err)
{
    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "text", what);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code licenses(const reel_args *args, reel_err *err)
{
    if (args->json)
        return reel__print_json(write_licenses, reel__licenses(), err);
    reel__term_print("%s", reel__licenses());
    return REEL_OK;
}

const reel_command reel__command_sample = {
    "sample",
    "",
    "the bundled films and simulated people, or a cut",
    "Writes a MovieLens-shaped folder (movies.csv, ratings.csv, links.csv,\n"
    "films.jsonl). The people are made up and labelled so.",
    sample_options,
    sample};

const reel_command reel__command_export = {
    "export",
    "similarity|enriched|ratings|mongo",
    "matrices for notebooks; films with metadata; a person's ratings",
    "similarity: matrices for numpy and scipy. enriched: the films with metadata, as\n"
    "a table (CSV) or as TMDb-shaped lines (JSONL) for `reel enrich --from`. ratings:\n"
    "what one person gave, as Reel or another service writes it (docs/import.md).\n"
    "mongo: the films with metadata, and the events that nobody sent yet, to the\n"
    "MongoDB of MONGODB_URI (docs/feedback.md).",
    export_options,
    export_matrix};

const reel_command reel__command_info = {"info", "",           "what a database holds",
                                         NULL,   info_options, info};

const reel_command reel__command_licenses = {
    "licenses", "", "notices of everything inside the program", NULL, no_options, licenses};
