/* service/operation/doctor.h - whether a server could be started here, and what to do where it
 * could not. Changes nothing: databases are opened for reading only, nothing is trained. Layer:
 * service. Threads: no state.
 */
#ifndef REEL_SERVICE_DOCTOR_H
#define REEL_SERVICE_DOCTOR_H

#include <stdbool.h>

#include "reel/err.h"

typedef enum reel_finding_state {
    REEL_FINDING_OK,
    REEL_FINDING_WARN,
    REEL_FINDING_FAIL
} reel_finding_state;

enum { REEL_FINDING_TEXT = 480 };
typedef struct reel_finding {
    const char *what; /* "database" */
    reel_finding_state state;
    char text[REEL_FINDING_TEXT];   /* what is so */
    char advice[REEL_FINDING_TEXT]; /* what to do; "" where all is well */
} reel_finding;

typedef void reel_finding_fn(void *user, const reel_finding *finding);

typedef struct reel_doctor_opts {
    const char *database;   /* path or URL; NULL = none was named */
    const char *models_dir; /* NULL = the usual one */
    const char *mongo;      /* URI of the MongoDB server that events go to; NULL = none */
    bool deep;              /* read every row of the database */
    bool closed;            /* nobody may do anything without an account or a key */
    reel_finding_fn *found;
    void *user;
} reel_doctor_opts;

/* Looks at the database, its models, the disk under both, MongoDB and the mail server, the limits
 * of the process and the clock.
 */
void reel__doctor(const reel_doctor_opts *opts);
/* One finding, for who looks at other things. */
void reel__doctor_say(const reel_doctor_opts *opts, const char *what, reel_finding_state state,
                      const char *advice, const char *format, ...) REEL_PRINTF(5, 6);

#endif
