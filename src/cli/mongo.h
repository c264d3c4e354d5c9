/* cli/mongo.h - what commands do with MongoDB. Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_MONGO_H
#define REEL_CLI_MONGO_H

#include "base/file.h"
#include "cli/args.h"

/* MONGODB_URI, else MONGO_URI. Errors: E_INVALID (neither is set). */
REEL_MUST_USE reel_code reel__mongo_uri(const char **out, reel_err *err);

/* Films there as a file of TMDb-shaped lines, for as long as a command runs. */
typedef struct reel_mongo_file {
    char folder[REEL_FILE_TEMPORARY], path[240]; /* "" = none */
} reel_mongo_file;
REEL_MUST_USE reel_code reel__mongo_file_make(reel_mongo_file *out, const reel_args *args,
                                              reel_err *err);
void reel__mongo_file_remove(reel_mongo_file *file);

/* Films with metadata, then what nobody sent of the events. */
REEL_MUST_USE reel_code reel__export_mongo(const reel_args *args, int database, reel_err *err);
/* The films alone; count: how many. */
REEL_MUST_USE reel_code reel__mongo_films_out(const char *database, int64_t *count, reel_err *err);

#endif
