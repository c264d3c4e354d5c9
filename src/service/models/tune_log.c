/* tune_log.c - the log of a search: one line of JSON that says which search it is, then one for
 * each trial, written as soon as it is done. Going on with a log tells the search again what it
 * was told; each line must be the trial that the search asks for.
 */
#include <stdio.h>
#include <string.h>

#include "model/params.h"
#include "service/models/tune_priv.h"

enum { LINE_MAX_BYTES = 1 << 16, DEPTH = 4, SHOWN = 64 };

static reel_code end_line(reel_file_appender *log, const char *path, reel_buf *line, reel_err *err)
{
    reel_code rc = REEL_OK;

    reel__buf_char(line, '\n');
    REEL_TRY(reel__buf_check(line, err));
    REEL_TRY(reel__file_append(log, path, line->data, line->length, err));
out:
    reel__buf_fini(line);
    return rc;
}

static void begin_line(reel_buf *line, reel_json *json)
{
    reel__buf_init(line, LINE_MAX_BYTES);
    reel__json_init(json, line);
    reel__json_object(json);
}

reel_code reel__tune_log_add(reel_file_appender *log, const reel_tuning *tuning,
                             const reel_trial *trial, reel_err *err)
{
    reel_buf line;
    reel_json json;

    if (log->fd < 0)
        return REEL_OK;
    begin_line(&line, &json);
    reel__tune_write_trial(&json, tuning, trial);
    reel__json_object_end(&json);
    return end_line(log, tuning->opts->log, &line, err);
}

static void write_first(reel_buf *line, const reel_tuning *tuning)
{
    reel_json json;

    begin_line(line, &json);
    reel__json_put_text(&json, "log", "reel tune 1");
    reel__tune_write_search(&json, tuning);
    reel__json_object_end(&json);
}

/* ---- replay -------------------------------------------------------------------------------- */

typedef struct reading {
    reel_tuning *tuning;
    const char *path, *line;
    size_t length;
    int number; /* of the line, from 1 */
} reading;

static reel_code damaged(const reading *r, const char *what, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT, "%s: line %d %s; give another --log", r->path, r->number,
                     what);
}

static reel_code parse_line(json_t **out, const reading *r, reel_err *err)
{
    const reel_code rc = reel__json_parse(out, r->line, r->length, DEPTH, err);

    if (rc == REEL_E_SYNTAX)
        return damaged(r, "is no line of a tuning log", err);
    if (rc == REEL_OK && !json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return damaged(r, "is no line of a tuning log", err);
    }
    return rc;
}

static const char *show(char out[SHOWN], const json_t *value)
{
    if (json_is_string(value))
        (void)snprintf(out, SHOWN, "%.50s", json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(out, SHOWN, "%lld", (long long)json_integer_value(value));
    else if (json_array_size(value) > 0 && json_is_string(json_array_get(value, 0)))
        (void)snprintf(out, SHOWN, "%.50s%s", json_string_value(json_array_get(value, 0)),
                       json_array_size(value) > 1 ? ", ..." : "");
    else
        (void)snprintf(out, SHOWN, "another");
    return out;
}

/* Whether the first line is of this very search. */
static reel_code check_first(const reading *r, reel_err *err)
{
    json_t *theirs = NULL, *ours = NULL, *own;
    const char *key;
    reel_buf line;
    reel_code rc = REEL_OK;

    write_first(&line, r->tuning);
    REEL_TRY(reel__buf_check(&line, err));
    REEL_TRY(reel__json_parse(&ours, line.data, line.length, DEPTH, err));
    REEL_TRY(parse_line(&theirs, r, err));
    json_object_foreach(ours, key, own)
    {
        const json_t *their = json_object_get(theirs, key);
        char left[SHOWN], right[SHOWN];

        if (their == NULL)
            REEL_TRY(damaged(r, "does not begin a tuning log", err));
        if (!json_equal(own, their))
            REEL_TRY(reel_fail(err, REEL_E_INVALID,
                               "%s: is the log of another search: its \"%s\" is %s, here it is %s; "
                               "give the same options or another --log",
                               r->path, key, show(left, their), show(right, own)));
    }
out:
    json_decref(theirs);
    json_decref(ours);
    reel__buf_fini(&line);
    return rc;
}

/* Whether a value of the log is the one that the search asks for. */
static bool same_value(const json_t *params, const reel_param_spec *spec, double value)
{
    const json_t *theirs = json_object_get(params, spec->name);
    char text[REEL_PARAM_TEXT];

    reel__param_write(spec, value, text);
    if (spec->type == REEL_PARAM_CHOICE)
        return json_is_string(theirs) && strcmp(json_string_value(theirs), text) == 0;
    return json_is_number(theirs) && json_number_value(theirs) == value;
}

static bool same_trial(const reel_tuning *tuning, const json_t *line, const reel_trial *trial)
{
    const json_t *params = json_object_get(line, "params");
    const json_t *number = json_object_get(line, "trial"), *rung = json_object_get(line, "rung");
    double values[REEL_PARAMS_MAX];

    reel__tune_values(values, tuning, trial);
    for (size_t i = 0; i < tuning->space.info->param_count; i++)
        if (!same_value(params, &tuning->space.info->params[i], values[i]))
            return false;
    return json_is_integer(number) && json_integer_value(number) == trial->number &&
           json_is_integer(rung) && json_integer_value(rung) == trial->rung;
}

/* Codes that a trial may have failed with; REEL_OK for any other name. */
static reel_code find_code(const char *name)
{
    static const reel_code codes[] = {REEL_E_INVALID, REEL_E_BUDGET, REEL_E_NOMEM};

    for (size_t i = 0; name != NULL && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(reel_code_name(codes[i]), name) == 0)
            return codes[i];
    return REEL_OK;
}

static bool take_result(reel_tuned *out, const reel_tuning *tuning, const json_t *line)
{
    const json_t *metrics = json_object_get(line, "metrics");
    const char *why = json_string_value(json_object_get(line, "why"));

    *out = (reel_tuned){.replayed = true};
    out->seconds = json_number_value(json_object_get(line, "seconds"));
    out->code = find_code(json_string_value(json_object_get(line, "failed")));
    (void)snprintf(out->why, sizeof out->why, "%s", why == NULL ? "" : why);
    for (size_t i = 0; i < tuning->metric_count; i++) {
        const json_t *value = json_object_get(metrics, tuning->metrics[i].name);

        out->metrics[i] = json_number_value(value);
        if (out->code == REEL_OK && !json_is_number(value))
            return false;
    }
    return true;
}

static reel_code replay_line(reading *r, reel_err *err)
{
    const reel_trial *trial = NULL;
    json_t *line = NULL;
    reel_tuned tuned;
    reel_code rc = REEL_OK;

    REEL_TRY(parse_line(&line, r, err));
    REEL_TRY(reel__search_ask(r->tuning->search, &trial, err));
    if (trial == NULL || !same_trial(r->tuning, line, trial))
        REEL_TRY(damaged(r, "is not the trial that comes next in this search", err));
    if (!take_result(&tuned, r->tuning, line))
        REEL_TRY(damaged(r, "has no result", err));
    REEL_TRY(reel__tuning_keep(r->tuning, &tuned, err));
    r->tuning->replayed++;
out:
    json_decref(line);
    return rc;
}

/* All whole lines; a last one without its end was cut and is left out. kept [out] bytes. */
static reel_code replay(reel_tuning *tuning, const reel_file_map *map, size_t *kept, reel_err *err)
{
    reading r = {.tuning = tuning, .path = tuning->opts->log};
    const char *text = (const char *)map->data;
    reel_code rc = REEL_OK;

    *kept = 0;
    while (rc == REEL_OK) {
        const char *end = memchr(text + *kept, '\n', map->size_bytes - *kept);

        if (end == NULL)
            return REEL_OK;
        r.line = text + *kept;
        r.length = (size_t)(end - r.line);
        r.number++;
        rc = r.number == 1 ? check_first(&r, err) : replay_line(&r, err);
        *kept += r.length + 1;
    }
    return rc;
}

reel_code reel__tune_log_open(reel_file_appender *log, reel_tuning *tuning, reel_err *err)
{
    const char *path = tuning->opts->log;
    reel_file_map map = {0};
    reel_buf line;
    size_t kept = 0;
    reel_code rc = REEL_OK;

    if (path == NULL)
        return REEL_OK;
    if (!tuning->opts->resume && reel__file_exists(path))
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s: is there already; go on with it by --resume or give another --log",
                         path);
    REEL_TRY(reel__file_append_open(log, path, err));
    REEL_TRY(reel__file_map_open(&map, path, err));
    rc = replay(tuning, &map, &kept, err);
    reel__file_map_close(&map);
    if (rc != REEL_OK)
        return rc;
    REEL_TRY(reel__file_append_cut(log, path, kept, err));
    if (kept == 0) {
        write_first(&line, tuning);
        rc = end_line(log, path, &line, err);
    }
out:
    return rc;
}
