/* job_lines.c - see job_lines.h. */
#include "cli/job_lines.h"

#include <stdio.h>
#include <string.h>

#include "cli/term.h"

typedef struct step {
    const char *name;
    double progress;
} step;

static reel_code write_step(reel_json *json, const void *what, reel_err *err)
{
    const step *s = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_text(json, "step", s->name);
    reel__json_put_float(json, "progress", (float)s->progress);
    reel__json_object_end(json);
    return REEL_OK;
}

static reel_code write_error(reel_json *json, const void *what, reel_err *err)
{
    const reel_err *why = what;

    (void)err;
    reel__json_object(json);
    reel__json_key(json, "error");
    reel__json_object(json);
    reel__json_put_text(json, "code", reel_code_name(why->code));
    reel__json_put_text(json, "detail", why->msg);
    reel__json_object_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

void reel__say_line(reel_json_writer *write, const void *what)
{
    reel_err ignored = {0};

    if (reel__print_json(write, what, &ignored) == REEL_OK)
        (void)fflush(stdout);
}

void reel__say_step(const char *step_name, double progress)
{
    const step s = {step_name, progress};

    reel__say_line(write_step, &s);
}

reel_code reel__say_error(reel_code rc, const reel_err *why, reel_err *err)
{
    reel__say_line(write_error, why);
    return reel_fail(err, rc, "%s", why->msg);
}

/* ---- a training ---------------------------------------------------------------------------- */

/* How much of the whole each model is: the hybrid fits all the others once more, and so does the
 * comparison, which may do it twice. */
enum { MODEL_SHARE = 1, HYBRID_SHARE = 5, GATE_SHARE = 6 };

static double share_of(const reel_training_lines *l, const char *stage)
{
    const int all = 6 * MODEL_SHARE + HYBRID_SHARE + (l->compares ? GATE_SHARE : 0);
    const bool one = l->only != NULL && strcmp(l->only, "hybrid") != 0;

    if (strcmp(stage, "comparing") == 0)
        return one ? 0.5 : (double)GATE_SHARE / all;
    if (strncmp(stage, "training ", 9) != 0)
        return 0; /* reading is quick beside it */
    if (one)
        return strcmp(stage + 9, l->only) == 0 ? 0.5 : 0;
    return (double)(strcmp(stage + 9, "hybrid") == 0 ? HYBRID_SHARE : MODEL_SHARE) / all;
}

static void say_training(void *user, const char *stage, int64_t done, int64_t total,
                         const char *unit)
{
    reel_training_lines *l = user;
    const bool next = strcmp(stage, l->step) != 0;
    double now;

    (void)unit;
    if (next) {
        l->before += l->share;
        l->share = share_of(l, stage);
        (void)snprintf(l->step, sizeof l->step, "%s", stage);
    }
    now = l->before + (total > 0 ? l->share * (double)done / (double)total : 0);
    now = now > 0.999 ? 0.999 : now;
    if (!next && now - l->said < 0.001)
        return;
    l->said = now > l->said ? now : l->said;
    reel__say_step(l->step, l->said);
}

reel_code reel__run_training(const reel_args *args, reel_training_lines *lines,
                             reel_training_run *run, reel_err *err)
{
    const reel_progress told = {.report = say_training, .user = lines};
    reel_err why = {REEL_OK, ""};
    reel_code rc;

    if (lines == NULL)
        return run(args, reel__term_progress(args->quiet), err);
    rc = run(args, &told, &why);
    return rc == REEL_OK ? REEL_OK : reel__say_error(rc, &why, err);
}
