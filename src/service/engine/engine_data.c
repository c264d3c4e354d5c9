/* engine_data.c - the dataset of an engine: mapped from dataset.reel when that is the store's own
 * generation, else read from the store and written; and the facts read off it once.
 * A generation number alone does not say which database it belongs to (one may be made anew under
 * the same name), so the store also remembers the hash of the dataset that was made of it.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/clock.h"
#include "data/readers.h"
#include "service/feedback/signals.h"
#include "service/engine/state.h"

/* A dataset of an engine. That without TMDb's data is a file and a record of its own: which of them
 * is wanted is a setting, and may change. */
typedef struct part {
    reel_engine *engine;
    const char *name; /* of its file and record */
    bool plain;
    reel_dataset *dataset;
} part;

/* ---- does the file fit? -------------------------------------------------------------------- */

typedef struct record_search {
    const part *part;
    bool found, fits;
} record_search;

static bool look_at_record(void *user, const reel_model_record *record)
{
    record_search *search = user;
    const part *p = search->part;

    if (strcmp(record->name, p->name) != 0)
        return true;
    search->found = true;
    search->fits = record->generation == p->engine->label.generation &&
                   strcmp(record->data_hash, reel_dataset_hash(p->dataset)) == 0;
    return false;
}

/* A store nobody may write to cannot remember; how much there is of everything has to do, and what
 * was given since may be in the file or not. */
static bool same_counts(const part *p)
{
    const reel_csr_view ratings = reel_dataset_ratings(p->dataset);
    reel_store_counts counts;
    reel_err ignored = {0};

    return reel__store_counts(p->engine->store, &counts, &ignored) == REEL_OK &&
           llabs(ratings.ptr[ratings.rows] - counts.ratings) <= counts.given &&
           reel_dataset_movies(p->dataset) == counts.movies;
}

static const char *misfit_of_label(const part *p)
{
    const reel_store_label *label = &p->engine->label;

    if (reel_dataset_generation(p->dataset) != label->generation)
        return "was made of another generation of the data";
    if (reel_dataset_simulated(p->dataset) != label->simulated ||
        strcmp(reel_dataset_source(p->dataset), label->source) != 0)
        return "was made of another database";
    return NULL;
}

/* NULL, or why the mapped file is not of this store. */
static const char *misfit(const part *p)
{
    const char *other = misfit_of_label(p);
    record_search search = {.part = p};
    reel_err ignored = {0};

    if (other != NULL)
        return other;
    if (reel__store_scan_models(p->engine->store, look_at_record, &search, &ignored) != REEL_OK)
        return "cannot be compared with the store";
    if (search.found)
        return search.fits ? NULL : "was made of another database";
    if (!p->engine->opts.read_only)
        return "is not known to this database";
    return same_counts(p) ? NULL : "was made of another database";
}

static reel_code map_file(part *p, const char *path, reel_err *err)
{
    reel_err why = {0};
    const reel_code rc = reel_dataset_open(&p->dataset, path, &why);
    const char *reason;

    if (rc == REEL_E_NOMEM)
        return reel_fail(err, rc, "%s", why.msg);
    if (rc != REEL_OK) {
        if (rc != REEL_E_NOTFOUND)
            reel__engine_note(p->engine, "%s: refused (%s); reading the database again", p->name,
                              why.msg);
        return REEL_OK;
    }
    reason = misfit(p);
    if (reason == NULL)
        return REEL_OK;
    reel__engine_note(p->engine, "%s: %s %s; reading the database again", p->name, path, reason);
    reel_dataset_free(p->dataset);
    p->dataset = NULL;
    return REEL_OK;
}

/* ---- building ------------------------------------------------------------------------------ */

static reel_code save_file(const part *p, const char *path, double seconds, reel_err *err)
{
    reel_engine *engine = p->engine;
    reel_err why = {0};
    reel_code rc;
    const reel_model_record record = {
        .name = p->name,
        .model_id = reel_dataset_hash(p->dataset),
        .file = path,
        .data_hash = reel_dataset_hash(p->dataset),
        .parameters = "{}",
        .generation = engine->label.generation,
        .trained_at = reel__clock_now(),
        .seconds = seconds,
    };

    if (engine->unsaved[0] != '\0')
        return REEL_OK;
    rc = reel_dataset_save(p->dataset, path, &why);
    if (rc == REEL_E_NOMEM)
        return reel_fail(err, rc, "%s", why.msg);
    if (rc == REEL_OK)
        reel__engine_record(engine, &record);
    else
        reel__engine_note_unsaved(engine, &why);
    return REEL_OK;
}

/* Now, or, where there is a gate, behind it. */
static reel_code keep_made(const part *p, const char *path, double seconds, reel_err *err)
{
    reel_engine *engine = p->engine;

    if (!engine->opts.gate)
        return save_file(p, path, seconds, err);
    *(p->plain ? &engine->waiting.plain : &engine->waiting.whole) = fmax(seconds, DBL_MIN);
    return REEL_OK;
}

/* ---- a training that was interrupted ------------------------------------------------------- */

/* Where the data of a training lie while it lasts; NULL where none is kept. */
static reel_code snapshot_path(char **out, const reel_engine *engine, const char *name,
                               reel_err *err)
{
    char file[64];

    *out = NULL;
    if (engine->unfinished.folder == NULL || !engine->opts.retrain)
        return REEL_OK;
    (void)snprintf(file, sizeof file, "%s.reel", name);
    *out = reel__unfinished_path(&engine->unfinished, file);
    return *out != NULL ? REEL_OK
                        : reel_fail(err, REEL_E_NOMEM, "out of memory for the data of a training");
}

static void keep_snapshot(const part *p, const char *path)
{
    reel_err why = {0};

    if (path != NULL && reel_dataset_save(p->dataset, path, &why) != REEL_OK)
        reel__engine_note(p->engine, "this training could not be resumed: %s", why.msg);
}

static bool can_be_opened(const char *path)
{
    reel_dataset *dataset = NULL;
    reel_err ignored = {0};
    const bool opened = reel_dataset_open(&dataset, path, &ignored) == REEL_OK;

    reel_dataset_free(dataset);
    return opened;
}

/* The data as they were when it began. Where two files are wanted both are of one moment, or
 * neither is used: the first looks whether the second is there, and where the first was made anew
 * nothing is resumed any more. */
static reel_code map_snapshot(part *p, const char *path, reel_err *err)
{
    reel_engine *engine = p->engine;
    const bool two = engine->use.shown && !engine->use.fitted;
    reel_err ignored = {0};
    char *snapshot = NULL, *other = NULL;
    reel_code rc = REEL_OK;

    if (!engine->unfinished.resumes)
        return REEL_OK;
    REEL_TRY(snapshot_path(&snapshot, engine, p->name, err));
    REEL_TRY(snapshot_path(&other, engine, REEL_DATASET_PLAIN, err));
    if (snapshot == NULL || (two && !can_be_opened(other)) ||
        reel_dataset_open(&p->dataset, snapshot, &ignored) != REEL_OK)
        goto out; /* it is read from the database */
    if (misfit_of_label(p) != NULL) {
        reel_dataset_free(p->dataset);
        p->dataset = NULL;
        goto out;
    }
    reel__engine_note(engine, "%s: as it was when the training began", p->name);
    rc = keep_made(p, path, 0, err);
out:
    reel__free(snapshot);
    reel__free(other);
    return rc;
}

/* ---- made of the store --------------------------------------------------------------------- */

/* What people clicked, wished for and refused. */
static reel_code add_signals(const part *p, reel_err *err)
{
    reel_engine *engine = p->engine;
    reel_signals_report *told = &engine->told;
    const reel_code rc = reel__signals_read(p->dataset, engine->store, &engine->signals, told, err);

    if (rc == REEL_OK && told->signals > 0)
        reel__engine_note(engine,
                          "%s: %lld signals of %lld people; a film at place 10 is looked at %.2f "
                          "times as often as the first",
                          p->name, (long long)told->signals, (long long)told->people,
                          reel__propensity_at(&told->looked, 10));
    return rc;
}

static reel_code build(part *p, const char *path, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_engine *engine = p->engine;
    reel_dataset_builder *builder = NULL;
    char *snapshot = NULL;
    const int64_t start = reel__clock_steady_us();
    double seconds;

    REEL_TRY(reel_dataset_builder_new(&builder, err));
    if (p->plain)
        reel__dataset_builder_plain(builder);
    REEL_TRY(reel__store_read_dataset(engine->store, builder, engine->opts.progress, err));
    REEL_TRY(reel_dataset_builder_finish(&p->dataset, builder, NULL, err));
    REEL_TRY(add_signals(p, err));
    seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
    /* Another process may have loaded since the label was read. */
    engine->label.generation = reel_dataset_generation(p->dataset);
    engine->unfinished.resumes = false;
    reel__engine_note(engine, "%s: read from the database in %.2f s", p->name, seconds);
    REEL_TRY(keep_made(p, path, seconds, err));
    REEL_TRY(snapshot_path(&snapshot, engine, p->name, err));
    keep_snapshot(p, snapshot);
out:
    reel__free(snapshot);
    reel_dataset_builder_free(builder);
    return rc;
}

static reel_code keep(reel_engine *engine, reel_dataset *dataset, bool plain, reel_err *err)
{
    const part p = {engine, plain ? REEL_DATASET_PLAIN : REEL_DATASET_WHOLE, plain, dataset};
    const double seconds = plain ? engine->waiting.plain : engine->waiting.whole;
    char *path = NULL;
    reel_code rc = REEL_OK;

    if (seconds <= 0)
        return REEL_OK;
    REEL_TRY(reel__engine_path(&path, engine, p.name, ".reel", err));
    REEL_TRY(save_file(&p, path, seconds, err));
out:
    reel__free(path);
    return rc;
}

reel_code reel__engine_keep_data(reel_engine *engine, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(keep(engine, engine->dataset, !engine->use.shown, err));
    if (engine->training != engine->dataset)
        REEL_TRY(keep(engine, engine->training, true, err));
out:
    return rc;
}

/* The dataset with TMDb's data, or the one without. */
static reel_code prepare(reel_dataset **out, reel_engine *engine, bool plain, reel_err *err)
{
    part p = {
        .engine = engine, .name = plain ? REEL_DATASET_PLAIN : REEL_DATASET_WHOLE, .plain = plain};
    reel_code rc = REEL_OK;
    char *path = NULL;

    REEL_TRY(reel__engine_path(&path, engine, p.name, ".reel", err));
    /* Who fits everything again wants what was given since, too, which no generation counts. */
    if (!engine->opts.retrain || engine->opts.only != NULL)
        REEL_TRY(map_file(&p, path, err));
    else
        REEL_TRY(map_snapshot(&p, path, err));
    if (p.dataset == NULL)
        REEL_TRY(build(&p, path, err));
out:
    *out = p.dataset; /* the engine's, even after an error */
    reel__free(path);
    return rc;
}

/* ---- facts --------------------------------------------------------------------------------- */

/* MovieLens knows whole stars 1 to 5 and half stars 0.5 to 5; anything else is taken as seen. */
static reel_scale find_scale(reel_csr_view ratings)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    reel_scale scale = {.min = (double)INFINITY, .max = -(double)INFINITY, .step = 1};

    for (reel_nnz i = 0; i < count; i++) {
        const double value = (double)ratings.val[i];

        scale.min = value < scale.min ? value : scale.min;
        scale.max = value > scale.max ? value : scale.max;
        if (scale.step == 1 && value != (double)(int64_t)value)
            scale.step = 0.5;
        if (scale.step == 0.5 && value * 2 != (double)(int64_t)(value * 2))
            scale.step = 0;
    }
    if (scale.step > 0 && scale.max <= 5 && scale.max > 1 && scale.min >= scale.step)
        return (reel_scale){.min = scale.step, .max = 5, .step = scale.step};
    return scale;
}

static void find_means(const reel_engine *engine, reel_csr_view raters)
{
    for (reel_index movie = 0; movie < raters.rows; movie++) {
        double sum = 0;

        for (reel_nnz i = raters.ptr[movie]; i < raters.ptr[movie + 1]; i++)
            sum += (double)raters.val[i];
        engine->means[movie] = sum / (double)(raters.ptr[movie + 1] - raters.ptr[movie]);
        if (raters.ptr[movie + 1] == raters.ptr[movie]) {
            engine->means[movie] = (double)NAN;
            reel__bit_set(engine->unrated, movie);
        }
    }
}

static bool find_tmdb(const reel_dataset *dataset)
{
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        const reel_movie movie = reel_dataset_movie(dataset, i);

        if (movie.poster_path[0] != '\0' || movie.vote_count > 0)
            return true;
    }
    return false;
}

reel_code reel__engine_prepare_data(reel_engine *engine, reel_err *err)
{
    reel_index movies;
    reel_code rc = REEL_OK;

    REEL_TRY(prepare(&engine->dataset, engine, !engine->use.shown, err));
    if (engine->use.shown && !engine->use.fitted)
        REEL_TRY(prepare(&engine->training, engine, true, err));
    else
        engine->training = reel_dataset_ref(engine->dataset);
    if (reel_dataset_generation(engine->training) != reel_dataset_generation(engine->dataset))
        REEL_TRY(reel_fail(err, REEL_E_CONFLICT,
                           "the database was changed while it was read; try again"));
    movies = reel_dataset_movies(engine->dataset);
    engine->means = reel__alloc_array((size_t)movies, sizeof *engine->means);
    engine->unrated = reel__alloc_zero(reel__bit_words(movies), sizeof *engine->unrated);
    if (engine->means == NULL || engine->unrated == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %d films", (int)movies));
    engine->scale = find_scale(reel_dataset_ratings(engine->dataset));
    find_means(engine, reel_dataset_raters(engine->dataset));
    engine->has_tmdb = find_tmdb(engine->dataset);
out:
    return rc;
}
