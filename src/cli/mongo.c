/* mongo.c - see mongo.h. */
#include "cli/mongo.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/env.h"
#include "cli/commands.h"
#include "cli/serve_settings.h"
#include "cli/term.h"
#include "service/feedback/forward.h"
#include "service/films/films_mongo.h"

reel_code reel__mongo_uri(const char **out, reel_err *err)
{
    *out = reel__env_get("MONGODB_URI", reel__env_get("MONGO_URI", NULL));
    if (*out == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "MONGODB_URI says where MongoDB is, such as mongodb://127.0.0.1:27017; "
                         "set it in the environment or in .env");
    return REEL_OK;
}

/* ---- films --------------------------------------------------------------------------------- */

reel_code reel__mongo_file_make(reel_mongo_file *out, const reel_args *args, reel_err *err)
{
    reel_mongo_films films;
    char count[REEL_COUNT_TEXT];
    const char *uri;
    reel_code rc;

    *out = (reel_mongo_file){0};
    REEL_TRY(reel__mongo_uri(&uri, err));
    REEL_TRY(reel__file_make_temporary(out->folder, "mongo", err));
    (void)snprintf(out->path, sizeof out->path, "%s/films.jsonl", out->folder);
    REEL_TRY(reel__films_from_mongo(uri, out->path, &films, err));
    if (!args->quiet && !args->json)
        (void)fprintf(stderr, "%s films came from MongoDB\n", reel__term_count(count, films.films));
    if (!args->quiet && !args->json && films.skipped > 0)
        (void)fprintf(stderr, "%s documents have no movieId: left out\n",
                      reel__term_count(count, films.skipped));
out:
    return rc;
}

void reel__mongo_file_remove(reel_mongo_file *file)
{
    if (file->path[0] != '\0')
        (void)unlink(file->path);
    if (file->folder[0] != '\0')
        (void)rmdir(file->folder);
}

reel_code reel__mongo_films_out(const char *database, int64_t *count, reel_err *err)
{
    const char *uri;
    reel_code rc;

    REEL_TRY(reel__mongo_uri(&uri, err));
    rc = reel__films_to_mongo(database, uri, count, err);
out:
    return rc;
}

/* ---- everything ---------------------------------------------------------------------------- */

typedef struct sent {
    int64_t films, events, refused;
} sent;

static reel_code write_sent(reel_json *json, const void *what, reel_err *err)
{
    const sent *done = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_int(json, "films", done->films);
    reel__json_put_int(json, "events", done->events);
    reel__json_put_int(json, "refused", done->refused);
    reel__json_object_end(json);
    return REEL_OK;
}

reel_code reel__export_mongo(const reel_args *args, int database, reel_err *err)
{
    reel_forward_opts opts = {0};
    const char *path;
    sent done = {0};
    reel_code rc;

    REEL_TRY(reel__args_need(args, database, &path, err));
    rc = reel__mongo_films_out(path, &done.films, err);
    if (rc != REEL_OK && rc != REEL_E_NOTFOUND) /* without metadata there are events still */
        return rc;
    REEL_TRY(reel__forward_settings(&opts, err));
    REEL_TRY(reel__forward_past(path, &opts, &done.events, &done.refused, err));
    if (args->json)
        return reel__print_json(write_sent, &done, err);
    if (args->quiet)
        return REEL_OK;
    reel__print_count("films with metadata", done.films);
    reel__print_count("events", done.events);
    reel__print_count("events that MongoDB refused", done.refused);
out:
    return rc;
}
