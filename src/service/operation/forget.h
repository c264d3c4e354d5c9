/* service/operation/forget.h - people whose accounts are gone, taken out of the files that were
 * made while they were there: the data set and the models, each version of them. What serves is
 * fitted once more without them, under the parameters it has; everything else that holds one of
 * them, or that nobody can read, is destroyed. A receipt says of each file what it was and what it
 * is. Who is gone is read off the files themselves, so it is the same whenever and however often
 * this is done. Layer: service. Threads: one at a time per folder.
 */
#ifndef REEL_SERVICE_FORGET_H
#define REEL_SERVICE_FORGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/progress.h"
#include "service/engine/engine.h"

enum { REEL_FORGET_PATH = 512, REEL_FORGET_RECEIPT = 640 };

typedef struct reel_forget_opts {
    const char *database;
    const char *models_dir; /* NULL = the usual one */
    const char *backups;    /* folder of backups that a receipt names; NULL = none */
    int backup_days;        /* after which each of them is deleted; 0 = nobody says */
    bool look;              /* only say who is to be forgotten */
    int threads;
    const reel_progress *progress;
    const volatile bool *cancel; /* may be NULL */
    reel_notice notice;
} reel_forget_opts;

/* What came of it. All but people count files. */
typedef struct reel_forget_report {
    size_t people;
    size_t holding; /* that hold them, before */
    size_t refitted, destroyed, kept;
    size_t backups;                    /* that hold them, or may */
    char receipt[REEL_FORGET_RECEIPT]; /* path; "" = there is none: nobody was to be forgotten */
    char hash[REEL_DIGEST_HEX];        /* SHA-256 of the receipt */
} reel_forget_report;

/* Backups are named, and left as they are.
 * receipt [out, initialised]: its text, as JSON. Costs a training of all that serves where somebody
 * is in it. Errors: those of opening a store and of training; E_INVALID (the folder of
 * backups cannot be read, or the name of a folder is too long); E_STORE (a file cannot be read or
 * removed);
 * after an error what holds people may be there still: once more does the rest. */
REEL_MUST_USE reel_code reel__forget(reel_forget_report *out, reel_buf *receipt,
                                     const reel_forget_opts *opts, reel_err *err);

#endif
