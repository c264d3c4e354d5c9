/* forget_priv.h - the inside of forgetting, shared by its files. */
#ifndef REEL_SERVICE_FORGET_PRIV_H
#define REEL_SERVICE_FORGET_PRIV_H

#include "base/json.h"
#include "service/operation/forget.h"

enum { REEL_FORGET_NAME = 256, REEL_FORGET_ID = 80 };

typedef struct reel_people {
    int64_t *ids; /* ascending */
    size_t count;
} reel_people;

/* A file of the models' folder that people may be in. */
typedef struct reel_held {
    char name[REEL_FORGET_NAME]; /* below the folder */
    const char *kind;            /* "dataset", "model"; "remains": of a process that was killed */
    char id[REEL_FORGET_ID];     /* of a version; hash of a data set; "" = it cannot be read */
    char hash[REEL_DIGEST_HEX];
    int64_t size_bytes;
    bool readable;
    reel_people people; /* of accounts, gone or not */
} reel_held;

typedef struct reel_holding {
    reel_held *files; /* by name */
    size_t count, capacity;
} reel_holding;

/* What is in the folder. A folder that is not there holds nothing. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__holding_read(reel_holding *out, const char *folder, reel_err *err);
void reel__holding_free(reel_holding *holding);
/* NULL: no file has this name. */
const reel_held *reel__holding_find(const reel_holding *holding, const char *name);
/* How many of these people a file holds. */
size_t reel__held_of(const reel_held *file, const reel_people *people);
/* Whose accounts are not in the store, of all that files hold. Free out->ids. */
REEL_MUST_USE reel_code reel__holding_gone(reel_people *out, const reel_holding *holding,
                                           reel_store *store, reel_err *err);

/* A backup that holds some of them. */
typedef struct reel_backup {
    char name[REEL_FORGET_NAME];
    int64_t people;              /* -1 = it cannot be told */
    int64_t made_at, expires_at; /* seconds since 1970; expires_at 0 = nobody said */
} reel_backup;

typedef struct reel_backups {
    reel_backup *items; /* by name; caller frees */
    size_t count;
} reel_backups;

/* Those in opts->backups. Errors: E_INVALID (the folder cannot be read), E_NOMEM. */
REEL_MUST_USE reel_code reel__backups_read(reel_backups *out, const reel_forget_opts *opts,
                                           const reel_people *gone, reel_err *err);
/* A member of the receipt. */
void reel__backups_write(reel_json *json, const reel_backups *backups);

enum { REEL_RECEIPT_NAME = 64 };

/* What a receipt says. */
typedef struct reel_receipt {
    int64_t made_at;
    const reel_people *gone;
    const reel_holding *before, *after; /* after NULL: it is only begun */
    const reel_backups *backups;
    char begun[REEL_RECEIPT_NAME]; /* of a run that did not come to its end; "" = none */
    char own[REEL_RECEIPT_NAME];   /* of this run, begun */
} reel_receipt;
/* Appended; counts what became of the files, too. */
void reel__receipt_write(reel_buf *out, const reel_receipt *receipt, reel_forget_report *report);

/* Whether a run before this one was broken off: receipt->begun, the last of several. Errors:
 * E_STORE. */
REEL_MUST_USE reel_code reel__receipt_find_begun(reel_receipt *receipt, const char *folder,
                                                 reel_err *err);
/* Add whom that run was to forget: it may have taken them out of every file before it was broken
 * off, and no receipt would name them. What cannot be read names nobody. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__receipt_begun_people(reel_people *people, const char *folder,
                                                   const char *begun, reel_err *err);
/* Write down what is there, before anything is changed: receipt->own. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__receipt_begin(reel_receipt *receipt, const char *folder,
                                            reel_err *err);
/* Write what became of it, in the place of what was begun; text [out, initialised]. That of a run
 * that was broken off is kept beside it, the last under the name that the receipt says. Errors: as
 * above. */
REEL_MUST_USE reel_code reel__receipt_keep(reel_forget_report *out, reel_buf *text,
                                           reel_receipt *receipt, const char *folder,
                                           reel_err *err);

#endif
