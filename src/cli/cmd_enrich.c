/* cmd_enrich.c - metadata for the films of a database, and the matches a person must look at. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "cli/commands.h"
#include "cli/job_lines.h"
#include "cli/mongo.h"
#include "cli/term.h"
#include "service/films/enrich.h"
#include "service/engine/info.h"
#include "service/films/posters.h"
#include "service/films/tmdb_use.h"

enum {
    ENRICH_DATABASE,
    ENRICH_FROM,
    ENRICH_LINKS,
    ENRICH_ALL,
    ENRICH_REVIEW,
    ENRICH_ACCEPT,
    ENRICH_REJECT,
    ENRICH_POSTERS,
    ENRICH_MONGO,
    ENRICH_STRICT,
    ENRICH_RATE,
    ENRICH_LINES
};

static const reel_option enrich_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"from", "FILE", "TMDb-shaped lines instead of TMDb's API"},
    {"links", "FILE", "movieId,imdbId,tmdbId (default: beside --from)"},
    {"all", NULL, "also films whose metadata are new enough"},
    {"review", NULL, "instead: list the films whose match is uncertain"},
    {"accept", "FILM[=TMDB]", "instead: it is what waits, or this film of TMDb"},
    {"reject", "FILM", "instead: it is not what waits; never ask again"},
    {"posters", NULL, "also keep posters beside the database"},
    {"to-mongo", NULL, "also write the films to the MongoDB of MONGODB_URI"},
    {"strict", NULL, "stop at the first wrong row of --from"},
    {"rate", "N", "requests to TMDb a second (default 40)"},
    {"progress-json", NULL, "progress and outcome as JSON lines, for programs"},
    {NULL, NULL, NULL},
};

/* ---- review -------------------------------------------------------------------------------- */

typedef struct waiting {
    reel_table *table; /* NULL = as JSON */
    reel_json *json;
    int64_t count;
} waiting;

static reel_code show_film(void *user, const reel_review *film, reel_err *err)
{
    waiting *w = user;
    reel_code rc = REEL_OK;

    w->count++;
    if (w->json != NULL) {
        reel__json_object(w->json);
        reel__json_put_int(w->json, "movie", film->movie);
        reel__json_put_text(w->json, "title", film->title);
        reel__json_put_id(w->json, "tmdb_id", film->tmdb_id > 0 ? film->tmdb_id : -1);
        reel__json_put_real(w->json, "score", film->score);
        reel__json_put_text(w->json, "reason", film->reason);
        reel__json_object_end(w->json);
        return REEL_OK;
    }
    REEL_TRY(reel__table_cell(w->table, err, "%" PRId64, film->movie));
    REEL_TRY(reel__table_cell(w->table, err, "%s", film->title));
    REEL_TRY(reel__table_cell(w->table, err, "%" PRId64, film->tmdb_id));
    if (isnan(film->score))
        REEL_TRY(reel__table_cell(w->table, err, "-"));
    else
        REEL_TRY(reel__table_cell(w->table, err, "%.2f", film->score));
    REEL_TRY(reel__table_cell(w->table, err, "%s", film->reason));
out:
    return rc;
}

static reel_code write_review(reel_json *json, const void *what, reel_err *err)
{
    waiting w = {.json = json};
    reel_code rc = REEL_OK;

    reel__json_object(json);
    reel__json_key(json, "review");
    reel__json_array(json);
    REEL_TRY(reel__enrich_review(what, show_film, &w, err));
    reel__json_array_end(json);
    reel__json_object_end(json);
out:
    return rc;
}

static reel_code review(const reel_args *args, const char *database, reel_err *err)
{
    static const char *const headings[] = {">Film", "Title", ">TMDb", ">Score", "Why"};
    waiting w = {0};
    reel_code rc = REEL_OK;

    if (args->json)
        return reel__print_json(write_review, database, err);
    REEL_TRY(reel__table_new(&w.table, headings, 5, err));
    REEL_TRY(reel__enrich_review(database, show_film, &w, err));
    if (w.count == 0)
        reel__term_print("No film waits for a look.\n");
    else
        reel__table_print(w.table);
out:
    reel__table_free(w.table);
    return rc;
}

/* ---- verdicts ------------------------------------------------------------------------------ */

typedef struct decided {
    reel_verdict verdicts[REEL_GIVEN_MAX];
    int count, accepted;
} decided;

/* 12 or 12=603 */
static reel_code read_verdict(reel_verdict *out, const char *text, bool accepted, reel_err *err)
{
    char *end = NULL;

    *out = (reel_verdict){.accepted = accepted};
    errno = 0;
    if (text[0] >= '0' && text[0] <= '9')
        out->movie = strtoll(text, &end, 10);
    if (end != NULL && accepted && end[0] == '=' && end[1] >= '1' && end[1] <= '9')
        out->tmdb_id = strtoll(end + 1, &end, 10);
    if (end == NULL || *end != '\0' || errno != 0)
        return reel_fail(err, REEL_E_INVALID, "--%s: \"%.40s\" is not the id of a film%s",
                         accepted ? "accept" : "reject", text,
                         accepted ? ", such as 12, or 12=603 to take another film of TMDb" : "");
    return REEL_OK;
}

static reel_code write_decided(reel_json *json, const void *what, reel_err *err)
{
    const decided *d = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_int(json, "accepted", d->accepted);
    reel__json_put_int(json, "rejected", d->count - d->accepted);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code decide(const reel_args *args, const char *database, reel_err *err)
{
    decided d = {.count = 0};
    reel_code rc = REEL_OK;

    for (int i = 0; i < args->given_count; i++) {
        const bool accepted = args->given[i].option == ENRICH_ACCEPT;

        if (!accepted && args->given[i].option != ENRICH_REJECT)
            continue;
        REEL_TRY(read_verdict(&d.verdicts[d.count++], args->given[i].value, accepted, err));
        d.accepted += accepted;
    }
    REEL_TRY(reel__enrich_decide(database, d.verdicts, (size_t)d.count, err));
    if (args->json)
        return reel__print_json(write_decided, &d, err);
    if (args->quiet)
        return REEL_OK;
    reel__print_count("accepted: the next `reel enrich` brings their metadata", d.accepted);
    reel__print_count("rejected: not asked for again", d.count - d.accepted);
out:
    return rc;
}

/* ---- enrich -------------------------------------------------------------------------------- */

/* What was asked for: metadata, posters, or both. */
typedef struct brought {
    bool has_films, has_posters, has_mongo;
    int64_t to_mongo;
    reel_enriched films;
    reel_posters posters;
} brought;

static void write_films(reel_json *json, const reel_enriched *done)
{
    reel__json_put_int(json, "films", done->films);
    reel__json_put_int(json, "matched", done->matched);
    reel__json_put_int(json, "with_overview", done->with_overview);
    reel__json_put_int(json, "added", done->added);
    reel__json_put_int(json, "renewed", done->renewed);
    reel__json_put_int(json, "kept", done->kept);
    reel__json_put_int(json, "review", done->review);
    reel__json_put_int(json, "failed", done->failed);
    reel__json_put_int(json, "bad_rows", done->bad_rows);
    reel__json_put_real(json, "seconds", done->seconds);
}

static reel_code write_brought(reel_json *json, const void *what, reel_err *err)
{
    const brought *b = what;

    (void)err;
    reel__json_object(json);
    if (b->has_films)
        write_films(json, &b->films);
    if (b->has_posters) {
        reel__json_key(json, "posters");
        reel__json_object(json);
        reel__json_put_text(json, "folder", b->posters.folder);
        reel__json_put_int(json, "films", b->posters.films);
        reel__json_put_int(json, "fetched", b->posters.fetched);
        reel__json_put_int(json, "kept", b->posters.kept);
        reel__json_put_int(json, "failed", b->posters.failed);
        reel__json_object_end(json);
    }
    if (b->has_mongo)
        reel__json_put_int(json, "to_mongo", b->to_mongo);
    reel__json_object_end(json);
    return REEL_OK;
}

static void print_enriched(const reel_enriched *done, const char *database)
{
    char matched[REEL_COUNT_TEXT], films[REEL_COUNT_TEXT], shown[REEL_STORE_NAME];

    reel__database_shown(shown, database);
    reel__term_print("%s: %s of %s films have metadata, in %.2f s\n", shown,
                     reel__term_count(matched, done->matched), reel__term_count(films, done->films),
                     done->seconds);
    reel__print_count("with an overview", done->with_overview);
    reel__print_count("new", done->added);
    reel__print_count("renewed", done->renewed);
    reel__print_count("new enough: left as they are", done->kept);
    reel__print_count("uncertain: see `reel enrich --review`", done->review);
    reel__print_count("could not be had: try again later", done->failed);
    reel__print_count("wrong rows: left out", done->bad_rows);
}

static void print_posters(const reel_posters *done)
{
    char films[REEL_COUNT_TEXT];

    reel__term_print("%s: posters of %s films\n", done->folder,
                     reel__term_count(films, done->films));
    reel__print_count("images fetched", done->fetched);
    reel__print_count("images that were there", done->kept);
    reel__print_count("images that could not be had", done->failed);
}

/* ---- lines for programs -------------------------------------------------------------------- */

static void report(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    const double part = total > 0 ? (double)done / (double)total : 0;

    (void)user;
    (void)unit;
    reel__say_step(stage, part > 0.999 ? 0.999 : part);
}

static const reel_progress *progress_of(const reel_args *args)
{
    static const reel_progress told = {.report = report};

    return args->option[ENRICH_LINES] != NULL ? &told : reel__term_progress(args->quiet);
}

static reel_code write_result(reel_json *json, const void *what, reel_err *err)
{
    reel_code rc;

    reel__json_object(json);
    reel__json_key(json, "result");
    rc = write_brought(json, what, err);
    reel__json_object_end(json);
    return rc;
}

/* ---- bringing them ------------------------------------------------------------------------- */

/* From TMDb's API, with the key of the environment or .env. */
static reel_code enrich_online(const reel_args *args, reel_enriched *done, reel_err *err)
{
    int64_t rate = 40;
    reel_online_opts opts = {
        .links = args->option[ENRICH_LINKS],
        .secret = reel__env_get("TMDB_API_KEY", ""),
        .all = args->option[ENRICH_ALL] != NULL,
        .cancel = reel__cancel_on_signal(),
        .progress = progress_of(args),
    };
    reel_tmdb_servers servers;
    reel_tmdb_use use;
    reel_code rc;

    REEL_TRY(reel__args_need(args, ENRICH_DATABASE, &opts.database, err));
    REEL_TRY(reel__tmdb_servers(&servers, err));
    opts.url = servers.api;
    REEL_TRY(reel__args_int(args, ENRICH_RATE, 1, 1000, &rate, err));
    REEL_TRY(reel__tmdb_use(&use, err));
    if (use.shown && opts.secret[0] == '\0')
        return reel_fail(err, REEL_E_INVALID,
                         "TMDB_API_KEY is not set: put it into .env (a v3 key or a v4 token from "
                         "your TMDb account), or give --from FILE");
    opts.rate = (double)rate;
    rc = reel__enrich_online(&opts, done, err);
out:
    return rc;
}

static reel_code fetch_posters(const reel_args *args, const char *database, reel_posters *done,
                               reel_err *err)
{
    int64_t rate = 40;
    reel_posters_opts opts = {
        .database = database,
        .all = args->option[ENRICH_ALL] != NULL,
        .cancel = reel__cancel_on_signal(),
        .progress = progress_of(args),
    };
    reel_tmdb_servers servers;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tmdb_servers(&servers, err));
    opts.url = servers.images;
    REEL_TRY(reel__args_int(args, ENRICH_RATE, 1, 1000, &rate, err));
    opts.rate = (double)rate;
    rc = reel__posters_fetch(&opts, done, err);
out:
    return rc;
}

/* Posters need no key: without one and without a file they are all that is fetched. */
static bool brings_films(const reel_args *args)
{
    const bool other = args->option[ENRICH_POSTERS] != NULL || args->option[ENRICH_MONGO] != NULL;

    return !other || args->option[ENRICH_FROM] != NULL ||
           reel__env_get("TMDB_API_KEY", "")[0] != '\0';
}

/* --review, --accept and --reject say "instead": with anything else one of the two would be
 * ignored.
 */
static reel_code refuse_mixture(const reel_args *args, reel_err *err)
{
    static const int bringing[] = {ENRICH_FROM,  ENRICH_LINKS,  ENRICH_ALL, ENRICH_POSTERS,
                                   ENRICH_MONGO, ENRICH_STRICT, ENRICH_RATE};
    const bool deciding =
        args->option[ENRICH_ACCEPT] != NULL || args->option[ENRICH_REJECT] != NULL;
    const bool listing = args->option[ENRICH_REVIEW] != NULL;

    if (listing && deciding)
        return reel_fail(err, REEL_E_INVALID,
                         "--review lists what waits; decide with --accept and --reject after it");
    for (size_t i = 0; (listing || deciding) && i < sizeof bringing / sizeof *bringing; i++)
        if (args->option[bringing[i]] != NULL)
            return reel_fail(err, REEL_E_INVALID, "--%s does not go together with --%s",
                             args->command->options[bringing[i]].name,
                             listing                               ? "review"
                             : args->option[ENRICH_ACCEPT] != NULL ? "accept"
                                                                   : "reject");
    return REEL_OK;
}

static void print_brought(const brought *done, const char *database)
{
    if (done->has_films)
        print_enriched(&done->films, database);
    if (done->has_posters)
        print_posters(&done->posters);
    if (done->has_mongo)
        reel__print_count("films written to MongoDB", done->to_mongo);
    reel__print_attribution(done->films.matched > 0 || done->posters.films > 0);
}

static reel_code run(const reel_args *args, reel_err *err)
{
    reel_enrich_opts opts = {
        .from = args->option[ENRICH_FROM],
        .links = args->option[ENRICH_LINKS],
        .all = args->option[ENRICH_ALL] != NULL,
        .read = {.strict = args->option[ENRICH_STRICT] != NULL,
                 .bad_row = args->quiet ? NULL : reel__tell_bad_row,
                 .progress = progress_of(args)},
    };
    brought done = {.has_films = brings_films(args),
                    .has_posters = args->option[ENRICH_POSTERS] != NULL,
                    .has_mongo = args->option[ENRICH_MONGO] != NULL};
    reel_code rc;

    REEL_TRY(reel__args_need(args, ENRICH_DATABASE, &opts.database, err));
    REEL_TRY(refuse_mixture(args, err));
    if (args->option[ENRICH_REVIEW] != NULL)
        return review(args, opts.database, err);
    if (args->option[ENRICH_ACCEPT] != NULL || args->option[ENRICH_REJECT] != NULL)
        return decide(args, opts.database, err);
    if (done.has_films)
        REEL_TRY(opts.from != NULL ? reel__enrich_files(&opts, &done.films, err)
                                   : enrich_online(args, &done.films, err));
    if (done.has_posters)
        REEL_TRY(fetch_posters(args, opts.database, &done.posters, err));
    if (done.has_mongo)
        REEL_TRY(reel__mongo_films_out(opts.database, &done.to_mongo, err));
    if (args->option[ENRICH_LINES] != NULL)
        reel__say_line(write_result, &done);
    else if (args->json)
        rc = reel__print_json(write_brought, &done, err);
    else if (!args->quiet)
        print_brought(&done, opts.database);
out:
    return rc;
}

static reel_code enrich(const reel_args *args, reel_err *err)
{
    reel_err why = {REEL_OK, ""};
    reel_code rc;

    if (args->option[ENRICH_LINES] == NULL)
        return run(args, err);
    rc = run(args, &why);
    return rc == REEL_OK ? REEL_OK : reel__say_error(rc, &why, err);
}

const reel_command reel__command_enrich = {
    "enrich",
    "",
    "metadata for the films of a database",
    "Brings overviews, keywords, people, posters and trailers to films that have none\n"
    "or old ones. With --from in one transaction: when it fails, the database is as it\n"
    "was. An uncertain match is not used but kept for --review, and settled\n"
    "by --accept and --reject, which may be given many times.",
    enrich_options,
    enrich};
