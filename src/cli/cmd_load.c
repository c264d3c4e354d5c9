/* cmd_load.c - load and convert: files in, with bad rows told as they are met. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/mongo.h"
#include "cli/term.h"
#include "service/engine/info.h"
#include "service/files/load.h"

enum {
    OPT_MOVIELENS,
    OPT_RATINGS,
    OPT_TMDB,
    OPT_MONGO,
    OPT_LINKS,
    OPT_DATABASE,
    OPT_STRICT,
    OPT_KEEP,
    OPT_SIMULATED
};

static const reel_option load_options[] = {
    {"movielens", "DIR", "a MovieLens folder of any generation"},
    {"ratings", "FILE", "instead: TSV or CSV of user item [rating [timestamp]]"},
    {"tmdb", "FILE", "TMDb-shaped metadata, one JSON object a line"},
    {"from-mongo", NULL, "the same from movies_db.movies_enriched of MONGODB_URI"},
    {"links", "FILE", "movieId,imdbId,tmdbId (default: beside --tmdb)"},
    {"database", "FILE", "where to load it; made when missing"},
    {"strict", NULL, "stop at the first wrong row"},
    {"keep", NULL, "add to what is there instead of replacing it"},
    {"simulated", NULL, "the people in it are made up; pages will say so"},
    {NULL, NULL, NULL},
};

static void print_report(const reel_load_report *report, const char *where)
{
    reel__term_print("%s%s%s -> %s in %.2f s\n", reel__term_bold(), report->source,
                     reel__term_plain(), where, report->seconds);
    reel__print_count("films", report->movies);
    reel__print_count("people", report->people);
    reel__print_count("ratings", report->ratings);
    reel__print_count("films with metadata", report->matched);
    reel__print_count("films with an overview", report->with_overview);
    reel__print_count("links whose film is another (years differ): not used", report->doubtful);
    reel__print_count("ratings given twice: the later one counts", report->duplicates);
    reel__print_count("ratings of unknown films: left out", report->unknown_movies);
    reel__print_count("wrong rows: left out", report->bad_rows);
}

static reel_code write_report(reel_json *json, const void *what, reel_err *err)
{
    const reel_load_report *report = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "source", report->source);
    reel__json_put_int(json, "movies", report->movies);
    reel__json_put_int(json, "people", report->people);
    reel__json_put_int(json, "ratings", report->ratings);
    reel__json_put_int(json, "matched", report->matched);
    reel__json_put_int(json, "with_overview", report->with_overview);
    reel__json_put_int(json, "doubtful", report->doubtful);
    reel__json_put_int(json, "duplicates", report->duplicates);
    reel__json_put_int(json, "unknown_movies", report->unknown_movies);
    reel__json_put_int(json, "bad_rows", report->bad_rows);
    reel__json_put_real(json, "seconds", report->seconds);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code report(const reel_args *args, const reel_load_report *done, const char *where,
                        reel_err *err)
{
    if (args->json)
        return reel__print_json(write_report, done, err);
    if (!args->quiet)
        print_report(done, where);
    return REEL_OK;
}

static reel_code load(const reel_args *args, reel_err *err)
{
    reel_load_opts opts = {
        .movielens = args->option[OPT_MOVIELENS],
        .ratings = args->option[OPT_RATINGS],
        .tmdb = args->option[OPT_TMDB],
        .links = args->option[OPT_LINKS],
        .keep = args->option[OPT_KEEP] != NULL,
        .simulated = args->option[OPT_SIMULATED] != NULL,
        .label = args->option[OPT_SIMULATED] != NULL ? "Simulated sample" : NULL,
        .read = {.strict = args->option[OPT_STRICT] != NULL,
                 .bad_row = args->quiet ? NULL : reel__tell_bad_row,
                 .progress = reel__term_progress(args->quiet)},
        .notice = reel__term_notice(args->quiet),
    };
    reel_load_report done;
    reel_mongo_file mongo = {0};
    char shown[REEL_STORE_NAME];
    reel_code rc;

    REEL_TRY(reel__args_need(args, OPT_DATABASE, &opts.database, err));
    if (args->option[OPT_MONGO] != NULL && opts.tmdb != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "metadata come either from --tmdb FILE or --from-mongo");
    if ((opts.movielens != NULL) == (opts.ratings != NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "say what to load: either --movielens DIR or --ratings FILE");
    if (args->option[OPT_MONGO] != NULL) {
        REEL_TRY(reel__mongo_file_make(&mongo, args, err));
        opts.tmdb = mongo.path;
    }
    REEL_TRY(reel__load(&opts, &done, err));
    reel__database_shown(shown, opts.database);
    rc = report(args, &done, shown, err);
out:
    reel__mongo_file_remove(&mongo);
    return rc;
}

enum { CONVERT_MOVIELENS, CONVERT_OUTPUT, CONVERT_STRICT };

static const reel_option convert_options[] = {
    {"movielens", "DIR", "a MovieLens folder with .dat or u.* files"},
    {"output", "DIR", "where movies.csv, ratings.csv and users.csv go"},
    {"strict", NULL, "stop at the first wrong row"},
    {NULL, NULL, NULL},
};

static reel_code convert(const reel_args *args, reel_err *err)
{
    const reel_read_opts opts = {.strict = args->option[CONVERT_STRICT] != NULL,
                                 .bad_row = args->quiet ? NULL : reel__tell_bad_row,
                                 .progress = reel__term_progress(args->quiet)};
    const char *movielens, *output;
    reel_load_report done;
    reel_code rc;

    REEL_TRY(reel__args_need(args, CONVERT_MOVIELENS, &movielens, err));
    REEL_TRY(reel__args_need(args, CONVERT_OUTPUT, &output, err));
    REEL_TRY(reel__convert(movielens, output, &opts, &done, err));
    rc = report(args, &done, output, err);
out:
    return rc;
}

const reel_command reel__command_load = {
    "load",
    "",
    "ratings and metadata into a database",
    "One transaction: when it fails or is interrupted, the database is as it was. A\n"
    "wrong row is reported as file:line, counted and left out, or ends the load with\n"
    "--strict.",
    load_options,
    load};

const reel_command reel__command_convert = {
    "convert", "", "MovieLens .dat files into CSV", NULL, convert_options, convert};
