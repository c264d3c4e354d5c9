/* reproduce_write.c - a published table made again, as JSON. */
#include <stdio.h>
#include <string.h>

#include "reel/version.h"
#include "service/measure/evaluate_priv.h"
#include "service/measure/reproduce.h"

enum { KEY = 60 };

static const char *key_of(char out[KEY], const reel_reproduction *r, int metric)
{
    (void)snprintf(out, KEY, "%s%s", reel__evaluation_label(&r->last), r->spec->metrics[metric]);
    return out;
}

static void write_published(reel_json *json, const reel_reproduction *r, const reel_reproduced *row)
{
    char key[KEY];

    if (row->published == NULL || row->published->source == NULL)
        return;
    reel__json_key(json, "published");
    reel__json_object(json);
    reel__json_put_text(json, "name", row->published->name);
    reel__json_put_text(json, "source", row->published->source);
    for (int i = 0; i < r->metrics; i++)
        if (row->published->values[i] > 0)
            reel__json_put_real(json, key_of(key, r, i), row->published->values[i]);
    reel__json_object_end(json);
}

static void write_ours(reel_json *json, const reel_reproduction *r, const reel_reproduced *row)
{
    char key[KEY];

    reel__json_key(json, "ours");
    reel__json_object(json);
    for (int i = 0; i < r->metrics; i++) {
        const double theirs = row->published != NULL ? row->published->values[i] : 0;

        reel__json_key(json, key_of(key, r, i));
        reel__json_object(json);
        reel__json_put_real(json, "mean", row->mean[i]);
        reel__json_put_real(json, "low", row->low[i]);
        reel__json_put_real(json, "high", row->high[i]);
        if (theirs > 0)
            reel__json_put_real(json, "difference", row->mean[i] - theirs);
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
    reel__json_put_real(json, "fit_seconds", row->fit_seconds);
    reel__json_put_real(json, "judge_seconds", row->judge_seconds);
    for (size_t m = 0; m < r->last.count; m++)
        if (strcmp(r->last.models[m].name, row->model) == 0)
            reel__evaluate_write_parameters(json, &r->last.models[m]);
}

void reel__reproduction_write(reel_json *json, const reel_reproduction *reproduction,
                              const char *command)
{
    const reel_reproduction *r = reproduction;

    reel__json_object(json);
    reel__json_put_text(json, "version", reel_version());
    reel__json_put_text(json, "command", command);
    reel__json_put_text(json, "table", r->spec->name);
    reel__json_put_text(json, "title", r->spec->title);
    reel__json_put_text(json, "protocol", r->spec->protocol);
    reel__json_put_text(json, "means_over", r->run);
    reel__json_put_int(json, "runs", r->runs);
    reel__json_put_text(json, "data", r->last.source);
    reel__json_put_text(json, "hash", r->last.data_hash);
    reel__json_key(json, "rows");
    reel__json_array(json);
    for (size_t i = 0; i < r->count; i++) {
        reel__json_object(json);
        reel__json_put_text(json, "model", r->rows[i].model);
        write_published(json, r, &r->rows[i]);
        if (r->rows[i].absent)
            reel__json_put_bool(json, "absent", true);
        else
            write_ours(json, r, &r->rows[i]);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
}
