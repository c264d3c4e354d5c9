/* vae_priv.h - what vae.c (scores, reasons, files) and vae_train.c share.
 * Layer: model. Threads: a fitted model is immutable.
 */
#ifndef REEL_MODEL_VAE_PRIV_H
#define REEL_MODEL_VAE_PRIV_H

#include "model/evidence.h"
#include "model/vae_net.h"
#include "model/vtable.h"

enum {
    PARAM_LIKED,
    PARAM_FACTORS,
    PARAM_HIDDEN,
    PARAM_DEPTH,
    PARAM_EPOCHS,
    PARAM_BATCH,
    PARAM_DROPOUT,
    PARAM_GAMMA,
    PARAM_RATE
};

typedef struct vae {
    reel_model base;
    reel_evidence evidence;
    vae_net net; /* one thread; weights owned unless base.tensors is set */
} vae;

vae_shape reel__vae_shape(const vae *self);

/* Learn the weights. net->weights [in, out] random ones to begin with.
 * Errors: E_NOMEM, E_CANCELLED. */
reel_code reel__vae_train(vae *self, float *weights, const reel_dataset *dataset,
                          const reel_fit_context *context, reel_err *err);

/* Scale inputs so that their squares sum to 1. */
void reel__vae_unit(float *val, size_t count);

#endif
