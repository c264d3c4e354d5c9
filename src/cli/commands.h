/* cli/commands.h - the subcommands, one per file or family, and what they share.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_COMMANDS_H
#define REEL_CLI_COMMANDS_H

#include "base/json.h"
#include "cli/args.h"
#include "data/named.h"
#include "service/lists/recommend.h"

extern const reel_command reel__command_fetch, reel__command_convert, reel__command_sample,
    reel__command_load, reel__command_train, reel__command_recommend, reel__command_similar,
    reel__command_similar_people, reel__command_explain, reel__command_search, reel__command_export,
    reel__command_serve, reel__command_info, reel__command_licenses, reel__command_evaluate,
    reel__command_reproduce, reel__command_tune, reel__command_simulate, reel__command_fit,
    reel__command_models, reel__command_predict, reel__command_enrich, reel__command_import,
    reel__command_migrate_store, reel__command_backup, reel__command_restore, reel__command_eda,
    reel__command_user, reel__command_doctor, reel__command_healthcheck, reel__command_jobs,
    reel__command_key, reel__command_forget, reel__command_stats, reel__command_experiment;

/* A flag that the first Ctrl-C (or a request to end) sets; a second one ends the program. */
const volatile bool *reel__cancel_on_signal(void);

/* Tell a wrong row of a file on standard error, as it is met. */
void reel__tell_bad_row(void *user, const reel_bad_row *row);

/* "there is no model ..., did you mean ...?" Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__need_model(const char *name, const reel_model_info **info,
                                         reel_err *err);
/* The --param NAME=VALUE of a model (NULL: any names). Errors: E_INVALID. */
enum { REEL_GIVEN_PARAMS = 32, REEL_PARAM_GIVEN = 200 };
typedef struct reel_taken_params {
    reel_params params; /* of what follows */
    reel_param items[REEL_GIVEN_PARAMS];
    char texts[REEL_GIVEN_PARAMS][REEL_PARAM_GIVEN];
} reel_taken_params;
REEL_MUST_USE reel_code reel__take_params(reel_taken_params *out, const reel_args *args, int option,
                                          const reel_model_info *info, reel_err *err);
/* "64, a whole number from 1 to 512" into out. */
enum { REEL_RANGE_TEXT = 160 };
void reel__param_range(char out[REEL_RANGE_TEXT], const reel_param_spec *spec);

/* What an evaluation card says; NULL: there is none. */
REEL_MUST_USE reel_code reel__print_card(const json_t *card, reel_err *err);
/* What a hybrid weighs its models by; of another model nothing. */
REEL_MUST_USE reel_code reel__print_weights(const reel_model *model, reel_err *err);
/* `reel models list` and the like. database, models: the options of that name. */
bool reel__is_versions_word(const char *word);
REEL_MUST_USE reel_code reel__models_versions(const reel_args *args, int database, int models,
                                              reel_err *err);

/* The file that rows go to; "-" is standard output. */
const char *reel__output_path(const char *given);
bool reel__is_stdout(const char *path);

/* What TMDb asks everyone to say below its data. */
void reel__print_attribution(bool shown);
/* "  1,234  what" on standard output, unless there are none. */
void reel__print_count(const char *what, int64_t count);

/* `reel recommend --histories`: lists for many people, from files. at [in] where the options below
 * are in the command's table. */
enum {
    REEL_LISTS_MODEL,
    REEL_LISTS_HISTORIES,
    REEL_LISTS_ALL,
    REEL_LISTS_USERS,
    REEL_LISTS_K,
    REEL_LISTS_OUTPUT,
    REEL_LISTS_HEADER,
    REEL_LISTS_THREADS,
    REEL_LISTS_STRICT,
    REEL_LISTS_OPTIONS
};
REEL_MUST_USE reel_code reel__recommend_files(const reel_args *args,
                                              const int at[REEL_LISTS_OPTIONS], reel_err *err);
/* The columns of pairs, as an option names them. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__take_third(reel_third *out, const reel_args *args, int option,
                                         reel_err *err);

/* An engine with a session, for commands that answer one question. */
typedef struct reel_open {
    reel_store *store;
    reel_overlay *overlay;
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
/* The same to be shown in words: one door's answer is every door's. json_decref(*out). */
REEL_MUST_USE reel_code reel__read_json(json_t **out, reel_json_writer *write, const void *what,
                                        reel_err *err);
/* A text of an object, "" = there is none. */
const char *reel__text_of(const json_t *object, const char *key);

#endif
