/* jobs_priv.h - the inside of jobs, shared by its files. */
#ifndef REEL_SERVICE_JOBS_PRIV_H
#define REEL_SERVICE_JOBS_PRIV_H

#include <pthread.h>
#include <sys/types.h>

#include "service/engine/state.h"
#include "service/engine/versions.h"
#include "service/operation/jobs.h"
#include "store/jobs.h"

/* The parameter of a training that nothing is compared before; no model has one of this name. */
#define REEL_JOB_ACCEPT "accept"

enum {
    REEL_JOB_STEP = 96,
    REEL_JOB_LINE = 128 * 1024, /* the longest line a child may write: an evaluation */
    REEL_JOB_MODEL = 200,
    REEL_JOB_KIND = 16,
    REEL_JOB_LOG = 16 * 1024 /* what is kept of all it says */
};

/* A child process at work. */
typedef struct reel_child {
    pid_t pid;           /* 0 = none */
    int out, log;        /* its standard output and error; -1 = closed */
    reel_buf line, said; /* the line that is being read; all it said, the end of it */
    double progress;
    char step[REEL_JOB_STEP];
    char code[24], reason[512]; /* of its own error, "" = none */
    reel_buf result;            /* JSON */
} reel_child;

typedef struct reel_child_opts {
    const char *program, *database, *models_dir, *kind, *model;
    const char *parameters; /* a JSON object */
    int64_t memory;
} reel_child_opts;

void reel__child_init(reel_child *child);
void reel__child_fini(reel_child *child);
/* Errors: E_STORE (no process), E_NOMEM. */
REEL_MUST_USE reel_code reel__child_start(reel_child *child, const reel_child_opts *opts,
                                          reel_err *err);
/* Take what it wrote, without waiting. */
void reel__child_read(reel_child *child);
void reel__child_trim(char *text);
/* Whether it has ended; status as waitpid gives it. */
bool reel__child_ended(reel_child *child, int *status);
void reel__child_signal(const reel_child *child, int number);

struct reel_watch {
    reel_watch *next;
    reel_jobs *jobs;
    int64_t id;
    reel_buf event; /* to be sent */
    uint64_t seen;  /* hash of the last */
    bool fresh, last, over;
    reel_waiter waiter; /* of one that sleeps; wake NULL: it is awake */
    int64_t sent_us;
};

struct reel_jobs {
    reel_jobs_opts opts;
    char *database, *models_dir, *program;
    char owner[REEL_JOB_OWNER];
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    reel_watch *watches;
    size_t watch_count;
    bool closing, no_watches;
    reel_jobs_facts facts;
    int wake[2];                          /* a pipe: a byte in it ends the thread's wait */
    reel_train_facts trained[MODELS + 1]; /* the last: of all models */
    /* The thread's own. */
    reel_child child;
    bool loads;                 /* it changes films, some of them where it does not end well */
    bool trains;                /* it runs a training; */
    char model[REEL_JOB_MODEL]; /* of one model, "" = of all */
    int64_t id;                 /* of what it runs, 0 = nothing */
    bool started, cancelled, lost;
    int64_t beat_us, kill_us, look_us, watch_us; /* when each is due; 0 = not */
    reel_job stranger;                           /* what others run, and since when it stands so */
    char stranger_owner[REEL_JOB_OWNER];
    int64_t stranger_us;
    bool troubled;                       /* the store does not answer, which was said */
    int64_t training_at, plan_us;        /* the next of the schedule; when to count ratings */
    int64_t forget_us;                   /* when to look who is to be forgotten */
    int64_t sweep_us;                    /* when to sweep; at first at once */
    int64_t online_us;                   /* when to look how what serves is taken up, */
    size_t online_at;                    /* and at which of the models of the engine */
    char stays[MODELS][REEL_VERSION_ID]; /* what could not be taken back, which was said */
    int64_t planned_at; /* what the clock said when the schedule was last looked at */
};

/* jobs_plan.c: ask for a training where one is due; called by the thread. */
void reel__plan_begin(reel_jobs *jobs);
void reel__plan_look(reel_jobs *jobs);
/* Whether the store answered; if not, that is said once. */
bool reel__jobs_answers(reel_jobs *jobs, reel_code rc, const reel_err *err);

/* jobs_online.c: take back what people take up less; called by the thread. */
void reel__online_look(reel_jobs *jobs);

/* jobs_sweep.c: what is over goes; called by the thread. */
void reel__sweep_look(reel_jobs *jobs);

/* jobs_facts.c: count how one ended; called by the thread. */
void reel__jobs_begin_facts(reel_jobs *jobs);
void reel__jobs_count(reel_jobs *jobs, const reel_job *outcome);

/* jobs_watch.c: bring all watches up to date; called by the thread. */
void reel__watches_refresh(reel_jobs *jobs);
/* A line for the person at the door. */
void reel__jobs_note(const reel_jobs *jobs, const char *format, ...) REEL_PRINTF(2, 3);

#endif
