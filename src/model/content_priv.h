/* content_priv.h - what content.c (scores and reasons) and content_data.c (fitting and files)
 * share. Layer: model. Threads: a fitted model is immutable.
 */
#ifndef REEL_MODEL_CONTENT_PRIV_H
#define REEL_MODEL_CONTENT_PRIV_H

#include "model/vtable.h"
#include "num/csr.h"

enum {
    PARAM_TEXT,
    PARAM_OVERVIEW,
    PARAM_GENRES,
    PARAM_KEYWORDS,
    PARAM_CAST,
    PARAM_DIRECTORS,
    PARAM_TAGS,
    PARAM_MIN_DF,
    PARAM_OWN,
    PARAM_LIFT
};
enum { TEXT_FIELDS, TEXT_SKLEARN };

typedef struct content {
    reel_model base;
    reel_csr_view films;   /* movies x terms */
    reel_csr_view posts;   /* terms x movies: its transpose */
    const float *own;      /* [movies] square of the part of its own, 0 for a film without text */
    const char *texts;     /* the terms in order with their prefix, each closed by a NUL */
    const int64_t *starts; /* [terms + 1] into texts */
    reel_csr owned_films, owned_posts; /* what a fitted model owns; a loaded one owns nothing */
    void *owned[3];
} content;

/* As in model/vtable.h. */
reel_code reel__content_fit(reel_model *model, const reel_dataset *dataset,
                            const reel_fit_context *context, reel_err *err);
reel_code reel__content_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err);
reel_code reel__content_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                             reel_err *err);
void reel__content_fini(reel_model *model);

#endif
