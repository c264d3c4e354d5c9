/* job_lines.c - see job_lines.h. */
#include "cli/job_lines.h"

#include <stdio.h>

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
