/* state.h - the inside of an engine and of a session, for the folders of this room only. */
#ifndef REEL_SERVICE_ENGINE_STATE_H
#define REEL_SERVICE_ENGINE_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "eval/genres.h"
#include "base/seal.h"
#include "num/csr.h"
#include "search/search.h"
#include "service/engine/engine.h"
#include "service/engine/gate.h"
#include "service/engine/overlay.h"
#include "service/feedback/signals.h"
#include "service/lists/recommend.h"
#include "service/films/tmdb_use.h"
#include "service/models/unfinished.h"

/* In the order they are offered; the hybrid is made of those after it, but for the last: that one
 * predicts what a person would rate, whoever made the list. */
enum {
    MODEL_HYBRID,
    MODEL_EASE,
    MODEL_IALS,
    MODEL_CONTENT,
    MODEL_USER_KNN,
    MODEL_POPULAR,
    MODEL_ALS,
    MODELS
};
extern const char *const reel__engine_names[MODELS];

typedef struct reel_looks reel_looks;
typedef struct reel_crowd reel_crowd;                     /* crowd.c */
typedef struct reel_hyperparameters reel_hyperparameters; /* hyperparameters.h */
typedef struct reel_shorts reel_shorts;
/* Names of the datasets' files and records. */
#define REEL_DATASET_WHOLE "dataset"
#define REEL_DATASET_PLAIN "dataset-plain" /* without TMDb's data */

enum { REEL_MODEL_ID = 64 };
#define REEL_INTERLEAVED "interleaved" /* the model of a list of two sides, and its id */

/* What the store says is in service, and for which data. */
typedef struct reel_in_service {
    char id[REEL_MODEL_ID], data_hash[80];
    int64_t generation;
} reel_in_service;

/* Made by the first who asks; NULL: by nobody yet. */
typedef _Atomic(void *) reel_lazy;

struct reel_engine {
    reel_engine_opts opts; /* its texts are not kept */
    atomic_int references;
    uint64_t number;        /* no other engine of this process has it */
    reel_store *store;      /* opts.store where that is given */
    reel_dataset *dataset;  /* as it is shown */
    reel_dataset *training; /* what models are fitted on: mostly the same */
    reel_tmdb_use use;
    reel_signal_weights signals;
    reel_signals_report told; /* what was read of them; nothing where the data's file was mapped */
    reel_store_label label;
    reel_seal_key list_key; /* ids of lists are signed with it (lists/list_id.h) */
    char *models_dir;
    char *posters_dir;          /* NULL: there is none */
    reel_model *models[MODELS]; /* NULL where not asked for */
    reel_in_service said[MODELS];
    int64_t films_since; /* by catalogue.h */
    int keep;            /* versions of each model */
    /* [MODELS] what to fit them with, or NULL (opts.as_served) */
    reel_hyperparameters *hyperparameters;
    /* What was made and is not kept yet, as the gate decides; seconds that it took, 0 = not made.
     */
    struct {
        double whole, plain, models[MODELS];
    } waiting;
    reel_gate_report gate;
    bool likes_alone;           /* `ease` is fitted on liked films (ease_channels.h) */
    reel_unfinished unfinished; /* what this training has made; only while it lasts */
    char unsaved[256];          /* why the files could not be written; "" = they are */
    reel_scale scale;
    double *means;     /* [movies], NaN where nobody rated */
    uint64_t *unrated; /* bitmap of [movies] */
    bool has_tmdb;
    /* Held while what only some requests need is made by the first of them. */
    pthread_mutex_t lazy_lock;
    reel_lazy search; /* reel_search_index */
    reel_lazy looks;  /* reel_looks */
    reel_lazy shorts; /* reel_shorts */
    reel_lazy charts; /* float [REEL_CHARTS x movies] */
    reel_lazy crowd;  /* reel_crowd */
};

/* What is at a place of an engine, by make where nothing is there yet; nobody waits for it but who
 * wants something made, too. Errors: those of make, after which the place is still empty. */
typedef reel_code reel_lazy_make(void **out, const reel_engine *engine, reel_err *err);
REEL_MUST_USE reel_code reel__engine_lazy(void **out, const reel_engine *engine,
                                          const reel_lazy *place, reel_lazy_make *make,
                                          reel_err *err);

/* What films are like, for rules about the order of a list. */
struct reel_looks {
    reel_genres genres;
    reel_csr features;
};

/* Working memory for several people's lists, made by the first; all grow as needed. */
typedef struct reel_group {
    float *standings;    /* [members x films] */
    reel_entry *entries; /* of all of them, one after the other */
    reel_share *shares;
    const reel_model *models[REEL_MEMBERS_MAX]; /* that answered for each */
} reel_group;

/* The mixture of models that a request last asked for; its model is made again for another. */
typedef struct reel_mixture {
    reel_model *model; /* NULL: none yet */
    size_t count;
    const char *names[REEL_BLEND_MAX];
    double weights[REEL_BLEND_MAX];
    char id[REEL_MODEL_ID];
} reel_mixture;

/* How the two sides of a list of similar films for somebody were made: that of the film and that of
 * the person. */
typedef struct reel_personal {
    const reel_model *models[2];
    double mean[2], scale[2];
} reel_personal;

struct reel_session {
    const reel_engine *engine;
    uint64_t engine_number;
    reel_scratch *scratch;
    float *scores;  /* [movies] */
    uint64_t *skip; /* bitmap of [movies] */
    float *worth;   /* [movies] for rules about the order; made by the first */
    reel_entry *entries;
    size_t entry_capacity;
    reel_query query;
    bool by_film;          /* the history is one film nobody rated */
    bool edited;           /* it is not what is in the snapshot */
    reel_given_rows since; /* what the person gave since */
    reel_index *hidden;    /* films a person does not want to see */
    size_t hidden_count, hidden_capacity;
    int64_t due_us; /* 0 = whenever */
    reel_steady *clock;
    const reel_model *model;  /* of the last answer */
    reel_search_work *search; /* made by its first search */
    reel_group group;
    reel_mixture blend;
    reel_personal personal;
    reel_list list;
};

/* A folder of ours beside a database's file; for one on a server in the user's data folder, named
 * after host, port and database, which are escaped as in a URL and so can be a file's name. kind:
 * "models". Caller frees; NULL: out of memory. */
char *reel__usual_dir(const char *store, const char *kind);
/* A line for the person at the door. */
void reel__engine_note(const reel_engine *engine, const char *format, ...) REEL_PRINTF(2, 3);
/* A file of the models folder; caller frees. */
REEL_MUST_USE reel_code reel__engine_path(char **out, const reel_engine *engine, const char *name,
                                          const char *ending, reel_err *err);
/* Notes why files could not be written, once. */
void reel__engine_note_unsaved(reel_engine *engine, const reel_err *why);
/* Remember what was made, in the store, unless that is read-only. */
void reel__engine_record(const reel_engine *engine, const reel_model_record *record);

/* The index of an engine, made by the first who asks. Errors: E_NOMEM, E_TOOLARGE. */
REEL_MUST_USE reel_code reel__search_get_index(const reel_search_index **out,
                                               const reel_engine *engine, reel_err *err);
/* engine_data.c: map or build dataset.reel, and what is read off it. */
REEL_MUST_USE reel_code reel__engine_prepare_data(reel_engine *engine, reel_err *err);
/* engine_models.c: map or train the models. */
REEL_MUST_USE reel_code reel__engine_prepare_models(reel_engine *engine, reel_err *err);
/* Both: write what waits for the gate. */
REEL_MUST_USE reel_code reel__engine_keep_data(reel_engine *engine, reel_err *err);
REEL_MUST_USE reel_code reel__engine_keep_models(reel_engine *engine, reel_err *err);
/* engine_versions.c: how many versions of a model are kept (REEL_MODELS_KEEP). Errors: E_INVALID.
 */
REEL_MUST_USE reel_code reel__engine_keeps(int *out, reel_err *err);
/* Fill engine->said. */
void reel__engine_ask_records(reel_engine *engine);
/* Why a model may not answer for the engine's data, or NULL. vouched: someone said that it may,
 * though it was fitted on others: then the films must be the same, and its people the first. */
const char *reel__engine_misfit(const reel_engine *engine, const reel_model *model,
                                const char *name, bool vouched);
/* Whether the store says so of it and these data. */
bool reel__engine_vouched(const reel_engine *engine, int slot, const reel_model *model);
/* The file of a version; caller frees. */
REEL_MUST_USE reel_code reel__engine_version_path(char **out, const reel_engine *engine,
                                                  const char *id, reel_err *err);
/* Give a version's file its model's name, too; a notice says where it cannot. */
void reel__engine_name_version(const reel_engine *engine, const char *id, const char *path);
/* Write a model that was just fitted, as a version and as the one in service; the oldest versions
 * go. Errors: those of saving. */
REEL_MUST_USE reel_code reel__engine_keep(const reel_engine *engine, int slot, const char *path,
                                          double seconds, reel_err *err);
/* "hybrid, ease, ... and als", for messages. */
extern const char reel__engine_models_text[];
/* {"neighbours":100,...} appended to out. */
void reel__engine_write_params(reel_json *json, const reel_model *model);

/* order.c: hide the films in session->skip too that a filter leaves out (NULL = none); removed
 * [out] how many. And choose the films of a list: by score, or by what the request's rules make of
 * it; effects are written to the list's items. */
REEL_MUST_USE reel_code reel__order_filter(reel_session *session, const char *text, size_t *removed,
                                           reel_err *err);
/* Whether they can be read; NULL can. Errors: E_INVALID and E_TOOLARGE, with the place. */
REEL_MUST_USE reel_code reel__order_check_filter(const char *text, reel_err *err);
REEL_MUST_USE reel_code reel__order_check_boost(const char *text, reel_err *err);
REEL_MUST_USE reel_code reel__order_choose(reel_session *session, const reel_request *request,
                                           reel_list *list, reel_err *err);
/* Made by the first who asks. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__order_looks(const reel_looks **out, const reel_engine *engine,
                                          reel_err *err);
void reel__order_free(reel_looks *looks); /* NULL allowed */

/* encode.c: the two parts of a film's short form: its id and title, and the rest. */
void reel__write_naming(reel_json *json, const reel_engine *engine, reel_index movie);
void reel__write_looks(reel_json *json, const reel_engine *engine, reel_index movie);
/* shorts.c: the members of a film's short form as they stand in an answer, of which the first are
 * its id and title. False until they were made (reel__shorts_prepare). */
typedef struct reel_short {
    const char *members;
    size_t length, naming;
} reel_short;
bool reel__short_find(reel_short *out, const reel_engine *engine, reel_index movie);
void reel__shorts_free(reel_shorts *shorts); /* NULL allowed */

/* history.c: where a person is in the snapshot (-1 = not there), and what they gave since.
 * Errors: E_NOTFOUND (neither, and no account), those of reading the store. */
REEL_MUST_USE reel_code reel__history_find(const reel_engine *engine, int64_t person,
                                           reel_index *row, reel_given_rows *since, reel_err *err);
/* Whether there is such a person, of the data set or an account. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__history_knows(const reel_engine *engine, int64_t person,
                                            reel_err *err);
/* Most entries that both can make; and both as one history, by ascending film. changed [out]: it is
 * not what the row holds. */
size_t reel__history_room(const reel_engine *engine, reel_index row, const reel_given_rows *since);
size_t reel__history_merge(const reel_engine *engine, reel_index row, const reel_given_rows *since,
                           reel_entry *out, bool *changed);
/* All three, with memory of its own. */
typedef struct reel_history {
    reel_entry *entries; /* by ascending film */
    size_t count;
    reel_index row; /* -1 = not in the snapshot */
    reel_given_rows since;
} reel_history;
REEL_MUST_USE reel_code reel__history_new(reel_history *out, const reel_engine *engine,
                                          int64_t person, reel_err *err);
void reel__history_fini(reel_history *history);

/* session.c: before a stage of a list: a model asked for all films, an order chosen, some films
 * explained. Errors: E_CANCELLED (the session is late). */
REEL_MUST_USE reel_code reel__session_in_time(const reel_session *session, reel_err *err);
/* Fill session->query from a request. */
REEL_MUST_USE reel_code reel__session_set_query(reel_session *session, const reel_request *request,
                                                reel_err *err);

/* checks.c: what a request asks for, as far as that costs nothing, and session->model by it.
 * Errors: E_INVALID, E_NOTFOUND, naming the member. And session->model by its name. */
REEL_MUST_USE reel_code reel__request_check(reel_session *session, const reel_request *request,
                                            reel_err *err);
REEL_MUST_USE reel_code reel__session_model(reel_session *session, const char *name, reel_err *err);

/* recommend.c: the scores of the query with session->model, or with `popular` where that one can
 * make nothing of the history. */
REEL_MUST_USE reel_code reel__session_score(reel_session *session, const char **basis,
                                            reel_err *err);
/* stars.c: the ratings that whoever the query is of would give to some films, on the scale of the
 * data; NaN where nothing is known of how they rate, or nobody rated the film. out [count], count
 * <= REEL_LIST_MAX. */
REEL_MUST_USE reel_code reel__session_stars(reel_session *session, const reel_index *movies,
                                            size_t count, reel_stars *out, reel_err *err);
/* household.c: the scores of several people as one, and the history of all of them as the query;
 * then what each film of the list is to each of them. */
REEL_MUST_USE reel_code reel__household_score(reel_session *session, const reel_request *request,
                                              reel_list *list, reel_err *err);
/* Whether its members can be asked for. Errors: E_INVALID, E_NOTFOUND, naming the first. */
REEL_MUST_USE reel_code reel__household_check(reel_session *session, const reel_request *request,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__household_explain(reel_session *session, const reel_request *request,
                                                reel_list *list, reel_err *err);
void reel__household_free(reel_group *group);
/* Room for that many people's scores. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__household_reserve(reel_session *session, size_t members,
                                                reel_err *err);
/* blend.c: session->model is the mixture a request asks for. Errors: E_INVALID, E_NOTFOUND (naming
 * the model), E_NOMEM. And whether session->model can know films that nobody rated. */
REEL_MUST_USE reel_code reel__session_blend(reel_session *session, const reel_request *request,
                                            reel_err *err);
void reel__session_blend_free(reel_session *session);
bool reel__session_reads_texts(const reel_session *session);
/* Bitmap of the films that its model, or one that it mixes, only guesses (model/widen.h); NULL:
 * none. */
const uint64_t *reel__session_guessed(const reel_session *session);
/* interleave.c: session->list is that of both sides of a request, under this id. */
REEL_MUST_USE reel_code reel__recommend_sides(reel_session *session, const reel_request *request,
                                              const char *list_id, reel_err *err);
/* personal.c: films like a film for somebody. The scores of both sides as one, and the person's
 * history as the query; then, once what may not be listed is hidden, only the most similar films
 * (earlier: how many of them the list had so far); then the reasons. */
bool reel__is_personal(const reel_request *request);
REEL_MUST_USE reel_code reel__personal_score(reel_session *session, const reel_request *request,
                                             reel_list *list, reel_err *err);
void reel__personal_narrow(reel_session *session, size_t earlier);
REEL_MUST_USE reel_code reel__personal_explain(reel_session *session, const reel_request *request,
                                               reel_list *list, reel_err *err);
/* Where a film stands, or would stand, in the history. O(log n) */
size_t reel__session_place(const reel_session *session, reel_index movie);

#endif
