/* params.c - parameters as text: parsed, checked against a model's table, written back.
 * The only place ranges are tested, so that C, the command line and HTTP say the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model_priv.h"
#include "model/params.h"

/* Position of text among "a|b|c", or -1. */
static int choice_index(const char *choices, const char *text)
{
    const size_t length = strlen(text);

    for (int i = 0; length > 0; i++) {
        const size_t word = strcspn(choices, "|");

        if (word == length && memcmp(choices, text, length) == 0)
            return i;
        if (choices[word] == '\0')
            return -1;
        choices += word + 1;
    }
    return -1;
}

static reel_code check_range(const reel_model_info *info, const reel_param_spec *spec,
                             const char *text, double value, reel_err *err)
{
    const bool whole = spec->type == REEL_PARAM_INT;

    if (isfinite(value) && value >= spec->min && value <= spec->max &&
        (!whole || value == floor(value)))
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID,
                     "parameter \"%s\" of model \"%s\" is \"%.40s\", expected a %snumber from %g "
                     "to %g",
                     spec->name, info->name, text, whole ? "whole " : "", spec->min, spec->max);
}

static reel_code parse_value(double *out, const reel_model_info *info, const reel_param_spec *spec,
                             const char *text, reel_err *err)
{
    char *end = NULL;

    if (spec->type == REEL_PARAM_CHOICE) {
        const int choice = choice_index(spec->choices, text);

        *out = choice;
        if (choice >= 0)
            return REEL_OK;
        return reel_fail(err, REEL_E_INVALID,
                         "parameter \"%s\" of model \"%s\" is \"%.40s\", expected one of %s",
                         spec->name, info->name, text, spec->choices);
    }
    *out = strtod(text, &end);
    if (end == text || *end != '\0')
        *out = (double)NAN;
    return check_range(info, spec, text, *out, err);
}

static reel_code set_one(double *values, const reel_model_info *info, const reel_param *param,
                         reel_err *err)
{
    if (param->name == NULL || param->value == NULL)
        return reel_fail(err, REEL_E_INVALID, "a parameter of model \"%s\" has no name or no value",
                         info->name);
    for (size_t i = 0; i < info->param_count; i++)
        if (strcmp(info->params[i].name, param->name) == 0)
            return parse_value(&values[i], info, &info->params[i], param->value, err);
    return reel_fail(err, REEL_E_INVALID, "model \"%s\" has no parameter \"%.40s\"", info->name,
                     param->name);
}

reel_code reel__params_read(double *values, const reel_model_info *info, const reel_params *params,
                            reel_err *err)
{
    for (size_t i = 0; params != NULL && i < params->count; i++) {
        const reel_code rc = set_one(values, info, &params->items[i], err);

        if (rc != REEL_OK)
            return rc;
    }
    return REEL_OK;
}

reel_code reel__params_set(reel_model *model, const reel_params *params, reel_err *err)
{
    return reel__params_read(model->params, &model->ops->info, params, err);
}

void reel__param_text(const reel_model *model, size_t index, char out[REEL_PARAM_TEXT])
{
    reel__param_write(&model->ops->info.params[index], model->params[index], out);
}

void reel__param_write(const reel_param_spec *spec, double value, char out[REEL_PARAM_TEXT])
{
    if (spec->type == REEL_PARAM_CHOICE) {
        const char *word = spec->choices;

        for (int i = 0; i < (int)value; i++)
            word += strcspn(word, "|") + 1;
        (void)snprintf(out, REEL_PARAM_TEXT, "%.*s", (int)strcspn(word, "|"), word);
        return;
    }
    /* Fifteen digits read as the number a person typed; seventeen never lose a bit. */
    (void)snprintf(out, REEL_PARAM_TEXT, "%.15g", value);
    if (strtod(out, NULL) != value)
        (void)snprintf(out, REEL_PARAM_TEXT, "%.17g", value);
}
