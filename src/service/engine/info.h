/* service/engine/info.h - what a store holds, without loading or training anything.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_INFO_H
#define REEL_SERVICE_INFO_H

#include "base/json.h"
#include "store/store.h"

enum { REEL_INFO_MODELS = 32 };

typedef struct reel_info_model {
    char name[48], model_id[64], parameters[256];
    int64_t generation, trained_at, size_bytes; /* size -1: the file is gone */
    double seconds;
} reel_info_model;

typedef struct reel_info {
    reel_store_counts counts;
    size_t model_count;
    reel_info_model models[REEL_INFO_MODELS];
} reel_info;

/* Errors: those of reel__store_open. */
REEL_MUST_USE reel_code reel__info(reel_info *out, const char *database, reel_err *err);
/* What may be shown of a database: its path, or its URL without user, password and options. */
void reel__database_shown(char out[REEL_STORE_NAME], const char *database);
void reel__info_write(reel_json *json, const char *database, const reel_info *info);

#endif
