/* engine_models.c - the models of an engine: mapped from their files where those fit the dataset,
 * else trained and written. The hybrid is combined from the members as they are now.
 */
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/thread.h"
#include "service/engine/catalogue.h"
#include "service/engine/ease_channels.h"
#include "service/engine/hyperparameters.h"
#include "service/engine/state.h"
#include "service/models/learn.h"

const char *const reel__engine_names[MODELS] = {"hybrid",   "ease",    "ials", "content",
                                                "user-knn", "popular", "als"};
const char reel__engine_models_text[] = "hybrid, ease, ials, content, user-knn, popular and als";

/* A model's file, read ahead of its turn. */
typedef struct file {
    bool read;
    reel_code rc;
    reel_model *model; /* or why there is none */
    reel_err why;
} file;

typedef struct opening {
    reel_engine *engine;
    bool goes_on;    /* models from before the films changed serve on */
    reel_csr texts;  /* of the films there are now, for those */
    bool fresh;      /* a member was trained, which makes an older hybrid obsolete */
    atomic_int next; /* slot whose file is to be read */
    file files[MODELS];
} opening;

/* ---- all files at once --------------------------------------------------------------------- */

static void read_file(opening *o, int slot)
{
    file *f = &o->files[slot];
    char *path = NULL;

    if (reel__engine_path(&path, o->engine, reel__engine_names[slot], ".safetensors", NULL) !=
        REEL_OK)
        return; /* its turn will say so */
    f->rc = reel_model_load(&f->model, path, &f->why);
    f->read = true;
    reel__free(path);
}

static void *read_files(void *user)
{
    opening *o = user;

    for (int slot = atomic_fetch_add(&o->next, 1); slot < MODELS;
         slot = atomic_fetch_add(&o->next, 1))
        read_file(o, slot);
    return NULL;
}

/* Most of a start is the checksums of these files, and half of their bytes are in the first. */
static void read_ahead(opening *o)
{
    pthread_t helper;
    bool helped;

    if (o->engine->opts.only != NULL || o->engine->opts.retrain)
        return; /* then some are not wanted */
    helped = reel__thread_start(&helper, read_files, o) == 0;
    (void)read_files(o);
    if (helped)
        (void)pthread_join(helper, NULL);
}

/* What was read ahead, or is read now; the caller's. */
static reel_code take_file(opening *o, int slot, reel_model **out, const char *path, reel_err *err)
{
    file *f = &o->files[slot];

    if (!f->read)
        return reel_model_load(out, path, err);
    *out = f->model;
    f->model = NULL;
    f->read = false;
    return f->rc == REEL_OK ? REEL_OK : reel_fail(err, f->rc, "%s", f->why.msg);
}

/* ---- from files ---------------------------------------------------------------------------- */

static const char *misfit(const reel_engine *engine, int slot, const reel_model *model)
{
    return reel__engine_misfit(engine, model, reel__engine_names[slot],
                               reel__engine_vouched(engine, slot, model));
}

/* The version that the store says is in service, where the file under the model's name is another.
 * NULL where there is no file of it that may be used. */
static reel_model *recall_version(const reel_engine *engine, int slot, const char *path)
{
    const char *id = engine->said[slot].id;
    reel_model *model = NULL;
    char *version = NULL;

    if (reel__engine_version_path(&version, engine, id, NULL) == REEL_OK &&
        reel_model_load(&model, version, NULL) == REEL_OK &&
        (strcmp(reel_model_id(model), id) != 0 || misfit(engine, slot, model) != NULL)) {
        reel_model_free(model);
        model = NULL;
    }
    if (model != NULL && !engine->opts.read_only)
        reel__engine_name_version(engine, id, path);
    reel__free(version);
    return model;
}

/* ---- training ------------------------------------------------------------------------------ */

typedef struct training {
    const reel_engine *engine;
    char stage[48];
} training;

static void report_share(double share, void *user)
{
    const training *what = user;

    reel__progress(what->engine->opts.progress, what->stage, (int64_t)(share * 100), 100, "%");
}

/* Whether everyone can be compared with everyone in half a minute or so: that meets each pair of
 * people who rated the same film. */
static bool few_pairs(const reel_dataset *dataset)
{
    const double most = 1e11;
    const reel_csr_view raters = reel_dataset_raters(dataset);
    double pairs = 0;

    for (reel_index j = 0; j < raters.rows; j++)
        pairs += pow((double)(raters.ptr[j + 1] - raters.ptr[j]), 2);
    return pairs <= most;
}

/* What was asked for, else what a server answers fast with: with a quarter of the factors and two
 * thirds of the neighbours the hybrid's lists are as good (docs/models.md). */
static const reel_params *served_params(const reel_engine *engine, int slot)
{
    static const reel_param fewer = {"factors", "96"};
    static const reel_param near[] = {{"neighbours", "100"}, {"stored", "1"}};
    static const reel_param held = {"held_out", "0.1"};
    static const reel_params ials = {&fewer, 1}, found = {near, 2}, anew = {near, 1};
    static const reel_params als = {&held, 1};
    static const reel_param liked = {"channels", "liked"};
    static const reel_params alone = {&liked, 1};
    const reel_engine_opts *opts = &engine->opts;

    if (opts->only != NULL && strcmp(opts->only, reel__engine_names[slot]) == 0 &&
        opts->params != NULL)
        return opts->params;
    if (engine->hyperparameters != NULL && engine->hyperparameters[slot].params.count > 0)
        return &engine->hyperparameters[slot].params;
    if (slot == MODEL_EASE && engine->likes_alone)
        return &alone;
    if (slot == MODEL_USER_KNN)
        return few_pairs(engine->training) ? &found : &anew;
    return slot == MODEL_IALS ? &ials : slot == MODEL_ALS ? &als : NULL;
}

/* The members there are. */
typedef struct team {
    reel_ingredient parts[MODELS];
    reel_model *members[MODELS];
    size_t count;
} team;

/* content is none: with it lists are no better (docs/models.md), and take longer. */
static bool is_member(int slot)
{
    return slot == MODEL_EASE || slot == MODEL_IALS || slot == MODEL_USER_KNN ||
           slot == MODEL_POPULAR;
}

static team gather(const reel_engine *engine)
{
    team t = {.count = 0};

    for (int slot = 0; slot < MODELS; slot++)
        if (is_member(slot) && engine->models[slot] != NULL) {
            t.parts[t.count] =
                (reel_ingredient){reel__engine_names[slot], served_params(engine, slot)};
            t.members[t.count++] = engine->models[slot];
        }
    return t;
}

/* What was learned on the same data outlives a member that had to be made again. */
static void recall_weights(reel_blend *out, const reel_engine *engine, const team *t)
{
    reel_model *older = NULL;
    char *path = NULL;
    bool all = reel__engine_path(&path, engine, "hybrid", ".safetensors", NULL) == REEL_OK &&
               reel_model_load(&older, path, NULL) == REEL_OK &&
               misfit(engine, MODEL_HYBRID, older) == NULL;

    for (size_t m = 0; all && m < t->count; m++) {
        const float *weights = reel__hybrid_weights(older, t->parts[m].name);

        all = weights != NULL;
        if (all)
            memcpy(out->weights + m * REEL_HYBRID_KNOTS, weights,
                   REEL_HYBRID_KNOTS * sizeof *weights);
    }
    out->questions = all ? 1 : 0;
    reel_model_free(older);
    reel__free(path);
}

/* Under weights learned where someone asked for training (two fits of each member), else under
 * those of the hybrid that was here before, else under those built in. */
static reel_code make_hybrid(reel_engine *engine, const reel_fit_context *context, reel_err *err)
{
    const team t = gather(engine);
    const reel_mixing mixing = {
        .parts = t.parts, .count = t.count, .unfinished = &engine->unfinished};
    reel_blend blend = {0};
    reel_code rc = REEL_OK;

    if (engine->opts.learn)
        REEL_TRY(reel__learn_weights(&blend, &mixing, engine->training, context, err));
    else
        recall_weights(&blend, engine, &t);
    REEL_TRY(reel__hybrid_make(&engine->models[MODEL_HYBRID], t.members, t.count, NULL,
                               blend.questions > 0 ? blend.weights : NULL, err));
out:
    return rc;
}

/* Where someone waits for the first list: an eighth of the work of disliked films, too, and a fifth
 * of that of all factors. */
static const reel_params *hasty_params(int slot)
{
    static const reel_param liked = {"channels", "liked"}, few = {"factors", "64"};
    static const reel_param quick[] = {{"factors", "32"}, {"epochs", "6"}, {"held_out", "0.1"}};
    static const reel_params ease = {&liked, 1}, ials = {&few, 1}, als = {quick, 3};

    return slot == MODEL_EASE   ? &ease
           : slot == MODEL_IALS ? &ials
           : slot == MODEL_ALS  ? &als
                                : NULL;
}

static reel_code make_model(reel_engine *engine, int slot, reel_err *err)
{
    training what = {.engine = engine, .stage = "training "};
    const reel_fit_context context = {
        .seed = 1,
        .threads = engine->opts.threads,
        .progress = report_share,
        .cancel = engine->opts.cancel,
        .user = &what,
        .memory = reel__memory_available() / 2,
    };
    reel_code rc;

    strncat(what.stage, reel__engine_names[slot], sizeof what.stage - strlen(what.stage) - 1);
    if (slot == MODEL_HYBRID)
        return make_hybrid(engine, &context, err);
    if (slot == MODEL_EASE && engine->opts.learn && served_params(engine, slot) == NULL)
        REEL_TRY(reel__ease_likes_alone(&engine->likes_alone, engine->training, &context, err));
    rc = reel__unfinished_fit(
        &engine->models[slot], &engine->unfinished, reel__engine_names[slot], engine->training,
        engine->opts.learn ? served_params(engine, slot) : hasty_params(slot), &context, err);
out:
    return rc;
}

void reel__engine_write_params(reel_json *json, const reel_model *model)
{
    const reel_model_info *info = reel_model_get_info(model);

    reel__json_object(json);
    for (size_t i = 0; i < info->param_count; i++) {
        const reel_param_spec *spec = &info->params[i];
        const char *choice = spec->choices;

        reel__json_key(json, spec->name);
        if (spec->type != REEL_PARAM_CHOICE) {
            reel__json_real(json, reel_model_param(model, i));
            continue;
        }
        for (int left = (int)reel_model_param(model, i); left > 0; left--)
            choice += strcspn(choice, "|") + 1;
        reel__json_text_n(json, choice, strcspn(choice, "|"));
    }
    reel__json_object_end(json);
}

/* A file that cannot be written is no reason not to serve. */
static reel_code keep_model(reel_engine *engine, int slot, const char *path, double seconds,
                            reel_err *err)
{
    reel_err why = {0};

    if (engine->unsaved[0] != '\0')
        return REEL_OK;
    switch (reel__engine_keep(engine, slot, path, seconds, &why)) {
    case REEL_OK:
        return REEL_OK;
    case REEL_E_NOMEM:
        return reel_fail(err, REEL_E_NOMEM, "%s", why.msg);
    default:
        reel__engine_note_unsaved(engine, &why);
        return REEL_OK;
    }
}

reel_code reel__engine_keep_models(reel_engine *engine, reel_err *err)
{
    reel_code rc = REEL_OK;
    char *path = NULL;

    for (int slot = 0; slot < MODELS; slot++) {
        if (engine->waiting.models[slot] <= 0)
            continue;
        reel__free(path);
        REEL_TRY(reel__engine_path(&path, engine, reel__engine_names[slot], ".safetensors", err));
        REEL_TRY(keep_model(engine, slot, path, engine->waiting.models[slot], err));
    }
out:
    reel__free(path);
    return rc;
}

static reel_code train_model(reel_engine *engine, int slot, const char *path, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    const size_t taken = engine->unfinished.taken;
    double seconds;
    reel_err why = {0};
    const reel_code rc = make_model(engine, slot, &why);

    /* Data too large for one model are served by the others. */
    if (rc == REEL_E_BUDGET && slot != MODEL_POPULAR && engine->opts.only == NULL) {
        reel__engine_note(engine, "%s: left out: %s", reel__engine_names[slot], why.msg);
        return REEL_OK;
    }
    if (rc != REEL_OK)
        return reel_fail(err, rc, "%s", why.msg);
    seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
    reel__engine_note(
        engine, "%s: %s in %.2f s%s", reel__engine_names[slot],
        slot == MODEL_HYBRID ? "combined" : "trained", seconds,
        engine->unfinished.taken == taken ? "" : ", with what was trained before the interruption");
    if (!engine->opts.gate)
        return keep_model(engine, slot, path, seconds, err);
    engine->waiting.models[slot] = fmax(seconds, DBL_MIN);
    return REEL_OK;
}

/* ---- from before films came or went --------------------------------------------------------- */

/* Whether a model that does not fit goes on. Who asks for training gets it. */
static bool outgrown(const reel_engine *engine, int slot, const reel_model *model)
{
    const reel_in_service *said = &engine->said[slot];

    return !engine->opts.learn && strcmp(said->id, reel_model_id(model)) == 0 &&
           reel__catalogue_outgrown(engine, model, reel__engine_names[slot], said->generation);
}

/* What reads texts, or counts ratings, is made anew of the films that there are, in a tenth of a
 * second. */
static reel_code make_again(reel_engine *engine, int slot, const char *path, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    const reel_fit_context context = {.seed = 1,
                                      .threads = engine->opts.threads,
                                      .cancel = engine->opts.cancel,
                                      .memory = reel__memory_available() / 2};
    reel_hyperparameters like;
    reel_model *made = NULL;
    reel_code rc;

    reel__hyperparameters_take(&like, engine->models[slot]);
    REEL_TRY(reel_model_fit(&made, reel__engine_names[slot], engine->training, &like.params,
                            &context, err));
    reel_model_free(engine->models[slot]);
    engine->models[slot] = made;
    REEL_TRY(keep_model(engine, slot, path, (double)(reel__clock_steady_us() - start) * 1e-6, err));
out:
    return rc;
}

static reel_code go_on(opening *o, int slot, const char *path, reel_err *err)
{
    reel_engine *engine = o->engine;
    const bool quick = slot == MODEL_CONTENT || slot == MODEL_POPULAR;

    if (!o->goes_on)
        reel__engine_note(engine, "films came, went or changed; models go on, and know new films "
                                  "by their texts until they are trained again");
    o->goes_on = true;
    if (quick && !engine->opts.ready_only)
        return make_again(engine, slot, path, err);
    if (!quick)
        return reel__catalogue_widen(&engine->models[slot], &o->texts, engine, err);
    reel_model_free(engine->models[slot]); /* whoever may train makes it */
    engine->models[slot] = NULL;
    return REEL_OK;
}

/* Leaves the slot empty when there is no file that may be used; says why. */
static reel_code map_model(opening *o, int slot, const char *path, reel_err *err)
{
    reel_engine *engine = o->engine;
    const char *name = reel__engine_names[slot];
    reel_model *model = NULL, *recalled;
    const char *reason;
    reel_err why = {0};
    const reel_code rc = take_file(o, slot, &model, path, &why);

    if (rc == REEL_E_NOMEM)
        return reel_fail(err, rc, "%s", why.msg);
    if (rc != REEL_OK) {
        if (rc != REEL_E_NOTFOUND)
            reel__engine_note(engine, "%s: refused (%s); training it again", name, why.msg);
        return REEL_OK;
    }
    if (engine->said[slot].id[0] != '\0' &&
        strcmp(engine->said[slot].id, reel_model_id(model)) != 0) {
        recalled = recall_version(engine, slot, path);
        if (recalled != NULL) {
            reel_model_free(model);
            model = recalled;
        }
    }
    reason = misfit(engine, slot, model);
    engine->models[slot] = model;
    if (reason == NULL)
        return REEL_OK;
    if (outgrown(engine, slot, model))
        return go_on(o, slot, path, err);
    reel__engine_note(engine, "%s: %s %s; training it again", name, path, reason);
    reel_model_free(engine->models[slot]);
    engine->models[slot] = NULL;
    return REEL_OK;
}

/* ---- which --------------------------------------------------------------------------------- */

/* `popular` answers where nothing else can, so it is always there. A hybrid needs every member only
 * while it is being made. */
static bool wanted(const reel_engine *engine, int slot)
{
    const char *only = engine->opts.only;

    if (only == NULL || slot == MODEL_POPULAR || strcmp(only, reel__engine_names[slot]) == 0)
        return true;
    return is_member(slot) && strcmp(only, reel__engine_names[MODEL_HYBRID]) == 0 &&
           engine->models[MODEL_HYBRID] == NULL;
}

static bool forced(const reel_engine *engine, int slot)
{
    const char *only = engine->opts.only;

    return engine->opts.retrain &&
           (only == NULL ||
            (is_member(slot) && strcmp(only, reel__engine_names[MODEL_HYBRID]) == 0) ||
            strcmp(only, reel__engine_names[slot]) == 0);
}

static reel_code prepare(opening *o, int slot, reel_err *err)
{
    reel_engine *engine = o->engine;
    reel_code rc = REEL_OK;
    char *path = NULL;

    REEL_TRY(reel__engine_path(&path, engine, reel__engine_names[slot], ".safetensors", err));
    if (!forced(engine, slot) && engine->models[slot] == NULL &&
        !(slot == MODEL_HYBRID && o->fresh))
        REEL_TRY(map_model(o, slot, path, err));
    if (engine->models[slot] == NULL && !engine->opts.ready_only) {
        REEL_TRY(train_model(engine, slot, path, err));
        o->fresh = o->fresh || (is_member(slot) && engine->models[slot] != NULL);
    }
out:
    reel__free(path);
    return rc;
}

static reel_code check_only(const reel_engine *engine, reel_err *err)
{
    const reel_params *params = engine->opts.params;

    if (params != NULL && params->count > 0 &&
        (engine->opts.only == NULL || strcmp(engine->opts.only, "hybrid") == 0))
        return reel_fail(err, REEL_E_INVALID,
                         "parameters need the name of one model, and not of the hybrid: that is "
                         "mixed of the others");
    if (engine->opts.only == NULL)
        return REEL_OK;
    for (int i = 0; i < MODELS; i++)
        if (strcmp(engine->opts.only, reel__engine_names[i]) == 0)
            return REEL_OK;
    return reel_fail(err, REEL_E_NOTFOUND, "no model is called \"%s\"; there are %s",
                     engine->opts.only, reel__engine_models_text);
}

reel_code reel__engine_prepare_models(reel_engine *engine, reel_err *err)
{
    opening o = {.engine = engine};
    reel_code rc = REEL_OK;
    char *path = NULL;

    REEL_TRY(check_only(engine, err));
    reel__engine_ask_records(engine);
    if (engine->opts.as_served)
        REEL_TRY(reel__hyperparameters_served(&engine->hyperparameters, engine, err));
    read_ahead(&o);
    if (engine->opts.only != NULL && strcmp(engine->opts.only, "hybrid") == 0 &&
        !engine->opts.retrain) {
        REEL_TRY(reel__engine_path(&path, engine, "hybrid", ".safetensors", err));
        REEL_TRY(map_model(&o, MODEL_HYBRID, path, err));
    }
    for (int slot = MODEL_HYBRID + 1; slot < MODELS; slot++)
        if (wanted(engine, slot))
            REEL_TRY(prepare(&o, slot, err));
    if (wanted(engine, MODEL_HYBRID))
        REEL_TRY(prepare(&o, MODEL_HYBRID, err));
out:
    for (int slot = 0; slot < MODELS; slot++)
        reel_model_free(o.files[slot].model);
    reel__csr_fini(&o.texts);
    reel__free(path);
    return rc;
}
