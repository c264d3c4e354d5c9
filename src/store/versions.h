/* store/versions.h - what was trained and is kept: one record a model file, in service or not.
 * They speak of files beside this installation, so a copy of a store leaves them where they are.
 * Layer: store. Ownership: texts are borrowed. Threads: as store.h.
 */
#ifndef REEL_STORE_VERSIONS_H
#define REEL_STORE_VERSIONS_H

#include "store/store.h"

typedef enum reel_version_state {
    REEL_VERSION_WRITING, /* its file is not whole yet; or never will be, if the program ended */
    REEL_VERSION_READY,
    REEL_VERSION_FAILED /* reason says why its file could not be written */
} reel_version_state;

/* Texts are never NULL, "" where absent. */
typedef struct reel_version_record {
    const char *model_id; /* the key */
    const char *name;     /* of the model */
    const char *data_hash;
    const char *parameters; /* JSON */
    const char *card;       /* JSON: how it was evaluated; "" = it was not */
    const char *reason;
    reel_version_state state;
    int64_t number; /* out only: rises with each training */
    int64_t generation, trained_at;
    int64_t milliseconds; /* how long fitting took */
    int64_t size_bytes;   /* of its file, 0 = not written yet */
    int64_t movies, people;
} reel_version_record;

/* In the place of one with the same id. */
REEL_MUST_USE reel_code reel__store_add_version(reel_store *store,
                                                const reel_version_record *version, reel_err *err);
/* What became of its file. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_end_version(reel_store *store, const char *model_id,
                                                reel_version_state state, const char *reason,
                                                int64_t size_bytes, reel_err *err);
/* Nothing happens when there is none. */
REEL_MUST_USE reel_code reel__store_remove_version(reel_store *store, const char *model_id,
                                                   reel_err *err);

typedef struct reel_version_filter {
    const char *name;     /* of the model; NULL = any */
    const char *model_id; /* just this one; NULL = any */
    int64_t before;       /* only those with a smaller number; 0 = from the newest */
    size_t limit;         /* 1 .. */
} reel_version_filter;
/* Newest first. row returns false to stop; it may not use the store. */
typedef bool reel_version_fn(void *user, const reel_version_record *version);
REEL_MUST_USE reel_code reel__store_scan_versions(reel_store *store,
                                                  const reel_version_filter *filter,
                                                  reel_version_fn *row, void *user, reel_err *err);

#endif
