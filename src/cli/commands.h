/* cli/commands.h - the subcommands, one per file or family, and what they share.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_COMMANDS_H
#define REEL_CLI_COMMANDS_H

#include "cli/args.h"
#include "service/recommend.h"

extern const reel_command reel__command_fetch, reel__command_convert, reel__command_sample,
    reel__command_load, reel__command_train, reel__command_recommend, reel__command_similar,
    reel__command_similar_people, reel__command_explain, reel__command_search, reel__command_export,
    reel__command_serve, reel__command_info, reel__command_licenses, reel__command_evaluate;

/* An engine with a session, for commands that answer one question. */
typedef struct reel_open {
    reel_engine *engine;
    reel_session *session;
} reel_open;
REEL_MUST_USE reel_code reel__open(reel_open *out, const reel_args *args, int database, int models,
                                   const char *only, reel_err *err);
void reel__open_end(reel_open *open);

/* "Toy Story (1995)" into out. */
void reel__movie_label(char *out, size_t size, const reel_dataset *dataset, reel_index movie);

/* Print one JSON document, which write makes of what, on a line of its own. */
typedef reel_code reel_json_writer(reel_json *json, const void *what, reel_err *err);
REEL_MUST_USE reel_code reel__print_json(reel_json_writer *write, const void *what, reel_err *err);

#endif
