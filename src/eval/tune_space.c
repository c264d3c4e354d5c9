/* tune_space.c - which parameters are searched and between which values; see tune.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/tune_priv.h"
#include "model/params.h"

enum { WORD = 96 };
/* Without a range of its own a parameter is searched between its default over and times this. */
static const double around = 8;
/* A range this wide from zero or below is searched as it is. */
static const double narrow = 10;

/* ---- values -------------------------------------------------------------------------------- */

/* Whole numbers reach half a step beyond both ends, so that each is drawn as often. */
static void ends(const reel_tune_space *space, size_t dim, double *low, double *high)
{
    const reel_tune_dim *d = &space->dims[dim];
    const double half = space->info->params[d->param].type == REEL_PARAM_REAL ? 0 : 0.5;

    *low = d->low - half;
    *high = d->high + half;
    if (d->log) {
        *low = log(*low);
        *high = log(*high);
    }
}

double reel__tune_value(const reel_tune_space *space, size_t dim, double unit)
{
    const reel_tune_dim *d = &space->dims[dim];
    double low, high, value;

    ends(space, dim, &low, &high);
    value = low + unit * (high - low);
    if (d->log)
        value = exp(value);
    if (space->info->params[d->param].type == REEL_PARAM_REAL) {
        char text[32];

        (void)snprintf(text, sizeof text, "%.4g", value);
        value = strtod(text, NULL);
    } else {
        value = round(value);
    }
    return fmin(fmax(value, d->low), d->high);
}

double reel__tune_unit(const reel_tune_space *space, size_t dim, double value)
{
    const reel_tune_dim *d = &space->dims[dim];
    double low, high;

    ends(space, dim, &low, &high);
    value = fmin(fmax(value, d->low), d->high); /* defaults may lie outside */
    if (d->log)
        value = log(value);
    return high > low ? (value - low) / (high - low) : 0.5;
}

void reel__tune_params(double *out, const reel_tune_space *space, const double *values)
{
    memcpy(out, space->base, space->info->param_count * sizeof *out);
    for (size_t i = 0; i < space->count; i++)
        out[space->dims[i].param] = values[i];
}

void reel__tune_dim_text(reel_buf *out, const reel_tune_space *space, size_t dim)
{
    const reel_tune_dim *d = &space->dims[dim];
    const reel_param_spec *spec = &space->info->params[d->param];

    if (spec->type == REEL_PARAM_CHOICE)
        reel__buf_format(out, "%s", spec->name);
    else
        reel__buf_format(out, "%s=%.15g..%.15g:%s", spec->name, d->low, d->high,
                         d->log ? "log" : "linear");
}

/* ---- what is searched by itself ------------------------------------------------------------ */

/* False where nothing says where to look. */
static bool own_range(reel_tune_dim *d, const reel_param_spec *spec)
{
    const bool whole_range = spec->type == REEL_PARAM_CHOICE || spec->max - spec->min <= narrow;

    if (spec->tune_low < spec->tune_high) {
        d->low = spec->tune_low;
        d->high = spec->tune_high;
        d->log = spec->tune_log;
    } else if (spec->initial > 0 && spec->type != REEL_PARAM_CHOICE) {
        d->low = fmax(spec->min, spec->initial / around);
        d->high = fmin(spec->max, spec->initial * around);
        d->log = d->low > 0;
    } else if (whole_range) {
        d->low = spec->min;
        d->high = spec->max;
    }
    if (spec->type == REEL_PARAM_INT) {
        d->low = ceil(d->low);
        d->high = floor(d->high);
        d->log = d->log && d->low >= 1;
    }
    return d->low < d->high;
}

/* What a rating means belongs to the data, more effort always looks better, and what is stored
 * changes no list. */
static bool never_by_itself(const reel_tune_space *space, size_t param)
{
    const char *name = space->info->params[param].name;

    return space->fixed[param] || (int)param == space->effort || strcmp(name, "liked") == 0 ||
           strcmp(name, "stored") == 0;
}

static int find_effort(const reel_model_info *info)
{
    static const char *const names[] = {"sweeps", "epochs", "samples"};

    for (size_t i = 0; i < info->param_count; i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (info->params[i].type == REEL_PARAM_INT &&
                strcmp(info->params[i].name, names[n]) == 0)
                return (int)i;
    return -1;
}

/* ---- as given ------------------------------------------------------------------------------ */

/* The part of a list up to the next comma, into word; NULL when there is none. */
static const char *next_word(char word[WORD], const char *at, const char *option, reel_err *err)
{
    const size_t length = strcspn(at, ",");

    if (length == 0 || length >= WORD) {
        (void)reel_fail(err, REEL_E_INVALID, "--%s: an item of \"%.80s\" is missing or too long",
                        option, at);
        return NULL;
    }
    memcpy(word, at, length);
    word[length] = '\0';
    return at[length] == ',' ? at + length + 1 : at + length;
}

static int find_param(const reel_model_info *info, const char *name, reel_err *err)
{
    for (size_t i = 0; i < info->param_count; i++)
        if (strcmp(info->params[i].name, name) == 0)
            return (int)i;
    (void)reel_fail(err, REEL_E_INVALID, "model \"%s\" has no parameter \"%.40s\"", info->name,
                    name);
    return -1;
}

static reel_code take_fixed(reel_tune_space *space, const char *text, reel_err *err)
{
    char word[WORD];

    while (*text != '\0') {
        reel_param param = {.name = word};
        const reel_params one = {&param, 1};
        char *equals;
        int index;
        reel_code rc;

        text = next_word(word, text, "fix", err);
        if (text == NULL)
            return REEL_E_INVALID;
        equals = strchr(word, '=');
        if (equals == NULL)
            return reel_fail(err, REEL_E_INVALID, "--fix: expected name=value, got \"%s\"", word);
        *equals = '\0';
        param.value = equals + 1;
        rc = reel__params_read(space->base, space->info, &one, err);
        if (rc != REEL_OK)
            return rc;
        index = find_param(space->info, word, err);
        if (space->fixed[index])
            return reel_fail(err, REEL_E_INVALID, "--fix: \"%s\" is given twice", word);
        space->fixed[index] = true;
    }
    return REEL_OK;
}

/* "low..high[:log|:linear]" of a parameter, in place. */
static reel_code parse_range(reel_tune_dim *d, const reel_param_spec *spec, char *text,
                             reel_err *err)
{
    char *dots = strstr(text, ".."), *scale = strchr(text, ':');
    char *end_low = NULL, *end_high = NULL;

    if (dots == NULL || spec->type == REEL_PARAM_CHOICE)
        goto wrong;
    if (scale != NULL) {
        *scale++ = '\0';
        if (strcmp(scale, "log") != 0 && strcmp(scale, "linear") != 0)
            goto wrong;
    }
    *dots = '\0'; /* or strtod would take "1." of "1..5" */
    d->low = strtod(text, &end_low);
    d->high = strtod(dots + 2, &end_high);
    if (end_low == text || *end_low != '\0' || end_high == dots + 2 || *end_high != '\0')
        goto wrong;
    if (!(d->low >= spec->min && d->low < d->high && d->high <= spec->max))
        return reel_fail(err, REEL_E_INVALID,
                         "--search: %s from %g to %g is no range inside %g to %g", spec->name,
                         d->low, d->high, spec->min, spec->max);
    if (spec->type == REEL_PARAM_INT && (d->low != floor(d->low) || d->high != floor(d->high)))
        return reel_fail(err, REEL_E_INVALID, "--search: %s is searched between whole numbers",
                         spec->name);
    d->log = scale != NULL ? strcmp(scale, "log") == 0
                           : d->low > 0 && (spec->tune_log || d->high / d->low >= 10);
    if (d->log && !(d->low > 0))
        return reel_fail(err, REEL_E_INVALID,
                         "--search: %s by orders of magnitude starts above zero", spec->name);
    return REEL_OK;
wrong:
    return reel_fail(err, REEL_E_INVALID,
                     "--search: expected %s%s, with :log or :linear after it if need be",
                     spec->name, spec->type == REEL_PARAM_CHOICE ? " alone" : "=low..high");
}

static reel_code add_dim(reel_tune_space *space, const reel_tune_dim *d, reel_err *err)
{
    const char *name = space->info->params[d->param].name;

    for (size_t i = 0; i < space->count; i++)
        if (space->dims[i].param == d->param)
            return reel_fail(err, REEL_E_INVALID, "--search: \"%s\" is given twice", name);
    if (space->fixed[d->param])
        return reel_fail(err, REEL_E_INVALID, "\"%s\" is fixed and searched", name);
    space->dims[space->count++] = *d;
    return REEL_OK;
}

static reel_code take_searched(reel_tune_space *space, const char *text, reel_err *err)
{
    char word[WORD];
    reel_code rc = REEL_OK;

    while (*text != '\0') {
        reel_tune_dim d = {0};
        char *equals;
        int index;

        text = next_word(word, text, "search", err);
        if (text == NULL)
            return REEL_E_INVALID;
        equals = strchr(word, '=');
        if (equals != NULL)
            *equals = '\0';
        index = find_param(space->info, word, err);
        if (index < 0)
            return REEL_E_INVALID;
        d.param = (size_t)index;
        if (equals != NULL)
            REEL_TRY(parse_range(&d, &space->info->params[index], equals + 1, err));
        else if (!own_range(&d, &space->info->params[index]))
            REEL_TRY(reel_fail(err, REEL_E_INVALID,
                               "--search: say where to look, %s=low..high: it has no range", word));
        REEL_TRY(add_dim(space, &d, err));
        if (index == space->effort)
            space->effort = -1;
    }
out:
    return rc;
}

reel_code reel__tune_space_make(reel_tune_space *out, const reel_model_info *info,
                                const char *fixed, const char *searched, reel_err *err)
{
    reel_code rc = REEL_OK;

    *out = (reel_tune_space){.info = info, .effort = find_effort(info)};
    for (size_t i = 0; i < info->param_count; i++)
        out->base[i] = info->params[i].initial;
    if (fixed != NULL)
        REEL_TRY(take_fixed(out, fixed, err));
    if (searched != NULL)
        REEL_TRY(take_searched(out, searched, err));
    for (size_t i = 0; searched == NULL && i < info->param_count; i++) {
        reel_tune_dim d = {.param = i};

        if (!never_by_itself(out, i) && own_range(&d, &info->params[i]))
            out->dims[out->count++] = d;
    }
    if (out->count == 0)
        rc = reel_fail(err, REEL_E_INVALID,
                       "model \"%s\": no parameter is left to search; say which and where with "
                       "--search name=low..high",
                       info->name);
out:
    return rc;
}
