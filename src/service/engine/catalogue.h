/* service/engine/catalogue.h - films that come, go and change between two trainings. Each change is
 * a load, which raises the generation; that it was of films alone is written down, so that models
 * fitted before it go on, over the films that there are now (model/widen.h).
 * Layer: service. Threads: reel__catalogue_changed takes turns; the rest has no state.
 */
#ifndef REEL_SERVICE_CATALOGUE_H
#define REEL_SERVICE_CATALOGUE_H

#include "num/csr.h"
#include "service/engine/engine.h"

/* The record of it, among those of models. */
#define REEL_CATALOGUE "catalogue"

/* A load that changed nothing but films made the generation after `before`. What cannot be written
 * down only costs a training. */
void reel__catalogue_changed(reel_store *store, int64_t before);

/* From which generation on nothing but films changed, up to that of the engine; INT64_MAX: that is
 * not known. It reads what record is about it. */
void reel__catalogue_take(reel_engine *engine, const reel_model_record *record);

/* Whether a model that does not fit the engine's data was fitted on what was loaded when only films
 * have changed since. generation: of the data it was fitted on, or serves. */
bool reel__catalogue_outgrown(const reel_engine *engine, const reel_model *model, const char *name,
                              int64_t generation);
/* The same model over the engine's films and people, in its place. texts [in, out]: of the films
 * (model/side.h), read by the first who asks; the caller's. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__catalogue_widen(reel_model **model, reel_csr *texts,
                                              const reel_engine *engine, reel_err *err);

#endif
