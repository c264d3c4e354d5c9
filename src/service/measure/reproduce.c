/* reproduce.c - runs a published table; see reproduce.h. */
#include "service/measure/reproduce.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* ---- data ---------------------------------------------------------------------------------- */

static const char *folder_name(reel_table_data data)
{
    static const char *const names[] = {[REEL_DATA_ML_1M] = "ml-1m",
                                        [REEL_DATA_ML_100K] = "ml-100k",
                                        [REEL_DATA_U1] = "ml-100k",
                                        [REEL_DATA_SPLIT] = "split-ml1m",
                                        [REEL_DATA_SPLIT_ALL] = "split-ml1m"};

    return names[data];
}

/* Two files that are the split. */
static void take_pair(reel_reproduction *r, const char *folder, const char *train, const char *test)
{
    (void)snprintf(r->paths[0], sizeof r->paths[0], "%.500s/%s", folder, train);
    (void)snprintf(r->paths[1], sizeof r->paths[1], "%.500s/%s", folder, test);
    r->evaluate.train = r->paths[0];
    r->evaluate.test = r->paths[1];
}

/* Films and their texts, from the folder that holds the split's. */
static reel_code take_texts(reel_reproduction *r, reel_err *err)
{
    static const char *const names[] = {"ml-1m", "tmdb/movies.jsonl", "tmdb/links.csv"};
    const char **where[] = {&r->evaluate.catalogue, &r->evaluate.tmdb, &r->evaluate.links};

    if (!r->spec->texts)
        return REEL_OK;
    if (r->opts->data == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "the table needs films and texts beside the split: --data with a folder "
                         "that holds %s, ml-1m and tmdb",
                         folder_name(r->spec->data));
    for (int i = 0; i < 3; i++) {
        char *path = r->paths[3 + i];

        (void)snprintf(path, sizeof r->paths[0], "%.500s/%s", r->opts->data, names[i]);
        if (!reel__file_exists(path) && !reel__file_is_folder(path))
            return reel_fail(err, REEL_E_NOTFOUND, "%s: the table needs it and it is not there",
                             path);
        *where[i] = path;
    }
    return REEL_OK;
}

static reel_code find_data(reel_reproduction *r, reel_err *err)
{
    char *folder = r->paths[2], *folds = r->paths[1];

    if ((r->opts->data == NULL) == (r->opts->folder == NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "say where the data are: --data with a folder that holds %s, or "
                         "--movielens with that folder itself",
                         folder_name(r->spec->data));
    if (r->opts->folder != NULL)
        (void)snprintf(folder, sizeof r->paths[2], "%.500s", r->opts->folder);
    else
        (void)snprintf(folder, sizeof r->paths[2], "%.500s/%s", r->opts->data,
                       folder_name(r->spec->data));
    if (!reel__file_is_folder(folder))
        return reel_fail(err, REEL_E_NOTFOUND, "%s: there is no such folder", folder);
    switch (r->spec->data) {
    case REEL_DATA_U1:
        take_pair(r, folder, "u1.base", "u1.test");
        break;
    case REEL_DATA_SPLIT:
        take_pair(r, folder, "train.tsv", "test.tsv");
        break;
    case REEL_DATA_SPLIT_ALL:
        take_pair(r, folder, "train-all.tsv", "test.tsv");
        break;
    default:
        r->evaluate.movielens = folder;
        (void)snprintf(folds, sizeof r->paths[1], "%.500s/folds5.txt", folder);
        if (r->spec->folds_file && reel__file_exists(folds))
            r->evaluate.folds_file = folds;
    }
    return REEL_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool is_known(const char *model)
{
    char name[REEL_EVALUATE_NAME];

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(model, ":"), model);
    return reel_model_find(name) != NULL;
}

/* Whether `asked` is this model as it stands, or its name without parameters. */
static bool means(const char *asked, const char *model)
{
    return strcmp(asked, model) == 0 ||
           (strcspn(model, ":") == strlen(asked) && strncmp(asked, model, strlen(asked)) == 0);
}

static bool is_ranking(const reel_table_spec *spec)
{
    return strcmp(spec->metrics[0], "rmse") != 0;
}

static reel_code add_row(reel_reproduction *r, const char *model, const reel_published *published,
                         reel_err *err)
{
    const size_t used = strlen(r->models), length = strlen(model);
    /* Random scores are there without a model of that name. */
    const bool known = is_known(model) || (is_ranking(r->spec) && strcmp(model, "random") == 0);

    if (r->count == REEL_TABLE_ROWS || used + length + 2 > sizeof r->models)
        return reel_fail(err, REEL_E_INVALID, "too many models for one table");
    r->rows[r->count++] =
        (reel_reproduced){.model = model, .published = published, .absent = !known};
    if (known)
        (void)snprintf(r->models + used, sizeof r->models - used, "%s%s", used > 0 ? "," : "",
                       model);
    return REEL_OK;
}

/* The table's rows for one name that was asked for, or a row of its own. */
static reel_code add_asked(reel_reproduction *r, const char *asked, reel_err *err)
{
    size_t before = r->count;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < r->spec->row_count && rc == REEL_OK; i++)
        if (means(asked, r->spec->rows[i].model))
            rc = add_row(r, r->spec->rows[i].model, &r->spec->rows[i], err);
    if (rc == REEL_OK && r->count == before && !is_known(asked))
        rc = reel_fail(err, REEL_E_NOTFOUND, "there is no model \"%.80s\"", asked);
    if (rc == REEL_OK && r->count == before)
        rc = add_row(r, asked, NULL, err);
    return rc;
}

static reel_code choose_rows(reel_reproduction *r, reel_err *err)
{
    reel_code rc = REEL_OK;
    char *name = r->asked;

    if (r->opts->models == NULL) {
        for (size_t i = 0; i < r->spec->row_count && rc == REEL_OK; i++)
            rc = add_row(r, r->spec->rows[i].model, &r->spec->rows[i], err);
    } else {
        (void)snprintf(r->asked, sizeof r->asked, "%s", r->opts->models);
        while (name != NULL && rc == REEL_OK) {
            char *comma = strchr(name, ',');

            if (comma != NULL)
                *comma = '\0';
            rc = add_asked(r, name, err);
            name = comma != NULL ? comma + 1 : NULL;
        }
    }
    if (rc == REEL_OK && r->models[0] == '\0')
        rc = reel_fail(err, REEL_E_INVALID, "this build has none of the models of the table");
    return rc;
}

/* ---- running ------------------------------------------------------------------------------- */

/* The value of "ndcg@10" and the like for one model. */
static double metric_of(const reel_evaluated *m, const reel_judge_opts *judge, const char *metric)
{
    const size_t length = strcspn(metric, "@");
    const int k = metric[length] == '@' ? (int)strtol(metric + length + 1, NULL, 10) : 0;

    for (size_t cut = 0; cut < judge->cut_count; cut++)
        for (int i = 0; i < REEL_METRICS; i++) {
            const char *name = reel__metric_name((reel_metric)i);

            if (judge->cuts[cut] == k && strlen(name) == length &&
                strncmp(name, metric, length) == 0)
                return m->ranked[0].intervals[reel__metric_column(cut, (reel_metric)i)].mean;
        }
    return (double)NAN;
}

static void add_value(reel_reproduced *row, int metric, double value, int before)
{
    row->low[metric] = before == 0 ? value : fmin(row->low[metric], value);
    row->high[metric] = before == 0 ? value : fmax(row->high[metric], value);
    row->mean[metric] = (row->mean[metric] * before + value) / (before + 1);
}

static void take_values(reel_reproduction *r, reel_reproduced *row, const reel_evaluated *m,
                        int seed)
{
    for (int i = 0; i < r->metrics && is_ranking(r->spec); i++)
        add_value(row, i, metric_of(m, &r->evaluate.judge, r->spec->metrics[i]), seed);
    for (int fold = 0; fold < m->errors.rounds && !is_ranking(r->spec); fold++) {
        add_value(row, 0, m->errors.rmse[fold], seed + fold);
        add_value(row, 1, m->errors.mae[fold], seed + fold);
    }
    row->fit_seconds += m->fit_seconds;
    row->judge_seconds += m->judge_seconds;
}

static void take_evaluation(reel_reproduction *r, int seed)
{
    for (size_t i = 0; i < r->count; i++)
        for (size_t m = 0; m < r->last.count; m++)
            if (strcmp(r->last.models[m].name, r->rows[i].model) == 0)
                take_values(r, &r->rows[i], &r->last.models[m], seed);
}

static void set_up(reel_reproduction *r)
{
    const reel_table_spec *spec = r->spec;
    reel_evaluate_opts *e = &r->evaluate;

    *e = reel__evaluate_opts_default();
    e->models = r->models;
    e->metrics = is_ranking(spec) ? REEL_WANT_RANKING : REEL_WANT_RATING;
    e->filter = spec->filter;
    e->split.protocol = spec->split;
    if (spec->share > 0)
        e->split.share = spec->share;
    e->sampled = spec->sampled;
    e->implicit = spec->implicit;
    e->fold = r->opts->fold;
    e->progress = r->opts->progress;
    e->judge.threads = r->opts->threads;
    while (r->metrics < REEL_TABLE_METRICS && spec->metrics[r->metrics] != NULL)
        r->metrics++;
}

reel_code reel__reproduction_make(reel_reproduction *out, const reel_reproduce_opts *opts,
                                  reel_err *err)
{
    int seeds;
    reel_code rc = REEL_OK;

    memset(out, 0, sizeof *out);
    out->opts = opts;
    out->spec = reel__table_spec_find(opts->table);
    if (out->spec == NULL)
        return reel_fail(err, REEL_E_NOTFOUND,
                         "there is no table \"%.40s\"; `reel reproduce --list` names them",
                         opts->table);
    set_up(out);
    seeds = opts->seeds > 0 ? opts->seeds : out->spec->seeds;
    out->run = out->spec->split == REEL_PROTOCOL_FOLDS ? "fold" : "seed";
    REEL_TRY(find_data(out, err));
    REEL_TRY(take_texts(out, err));
    REEL_TRY(choose_rows(out, err));
    for (int seed = 0; seed < seeds; seed++) {
        reel__evaluation_fini(&out->last);
        out->evaluate.split.seed = (uint64_t)seed + 1;
        out->evaluate.judge.seed = (uint64_t)seed + 1;
        REEL_TRY(reel__evaluation_make(&out->last, &out->evaluate, err));
        take_evaluation(out, seed);
    }
    out->runs = is_ranking(out->spec) ? seeds : seeds * out->last.models[0].errors.rounds;
out:
    if (rc != REEL_OK)
        reel__reproduction_fini(out);
    return rc;
}

void reel__reproduction_fini(reel_reproduction *reproduction)
{
    reel__evaluation_fini(&reproduction->last);
}
