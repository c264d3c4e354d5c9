/* catalogue.c - see catalogue.h. */
#include "service/engine/catalogue.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/side.h"
#include "model/widen.h"
#include "service/engine/state.h"

/* ---- what is written down ------------------------------------------------------------------ */

/* Generations between which only films changed; first > last: none. */
typedef struct span {
    int64_t first, last;
} span;

static bool take_span(void *user, const reel_model_record *record)
{
    span *out = user;

    if (strcmp(record->name, REEL_CATALOGUE) != 0)
        return true;
    *out = (span){strtoll(record->model_id, NULL, 10), record->generation};
    return false;
}

/* Two changes may be written down in another order than they were made. */
static span joined(span there, span added)
{
    if (there.first > there.last || there.last < added.first)
        return added;
    if (there.first > added.last)
        return there;
    return (span){there.first < added.first ? there.first : added.first,
                  there.last > added.last ? there.last : added.last};
}

void reel__catalogue_changed(reel_store *store, int64_t before)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    span films = {1, 0};
    reel_err ignored = {0};
    char first[24];

    pthread_mutex_lock(&turn);
    if (reel__store_scan_models(store, take_span, &films, &ignored) == REEL_OK) {
        films = joined(films, (span){before, before + 1});
        (void)snprintf(first, sizeof first, "%" PRId64, films.first);
        (void)!reel__store_put_model(store,
                                     &(const reel_model_record){.name = REEL_CATALOGUE,
                                                                .model_id = first,
                                                                .file = "",
                                                                .data_hash = "",
                                                                .parameters = "{}",
                                                                .generation = films.last,
                                                                .trained_at = reel__clock_now()},
                                     &ignored);
    }
    pthread_mutex_unlock(&turn);
}

void reel__catalogue_take(reel_engine *engine, const reel_model_record *record)
{
    const int64_t now = engine->label.generation;
    span films = {1, 0};

    if (take_span(&films, record))
        return;
    engine->films_since = films.first <= now && now <= films.last ? films.first : INT64_MAX;
}

/* ---- models from before -------------------------------------------------------------------- */

bool reel__catalogue_outgrown(const reel_engine *engine, const reel_model *model, const char *name,
                              int64_t generation)
{
    return strcmp(reel_model_get_info(model)->name, name) == 0 && generation >= engine->films_since;
}

/* One that was widened for this engine already; NULL: none. */
static const reel_model *widened(const reel_engine *engine)
{
    for (int i = 0; i < MODELS; i++)
        if (engine->models[i] != NULL && reel__model_guessed(engine->models[i]) != NULL)
            return engine->models[i];
    return NULL;
}

/* Where no film came or went, too: other texts make other data, which models are mixed by. */
reel_code reel__catalogue_widen(reel_model **model, reel_csr *texts, const reel_engine *engine,
                                reel_err *err)
{
    const reel_dataset *data = engine->training;
    reel_data_now now = {.data_hash = reel_dataset_hash(data),
                         .movie_ids = reel_dataset_movie_ids(data),
                         .person_ids = reel_dataset_person_ids(data),
                         .people = reel_dataset_people(data),
                         .threads = engine->opts.threads,
                         .like = widened(engine)};
    reel_model *wide = NULL;
    reel_code rc = REEL_OK;

    if (texts->ptr == NULL)
        REEL_TRY(reel__side_features(texts, data, err));
    now.features = reel__csr_view(texts);
    REEL_TRY(reel__model_widen(&wide, *model, &now, err));
    reel_model_free(*model);
    *model = wide;
out:
    return rc;
}
