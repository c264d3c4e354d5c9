/* model/vae_net.h - the network of `vae`: a dense encoder with skip connections and layer
 * normalisation, a linear decoder, and the gradients of both.
 *   h_1 = norm(swish(W_1' x + b_1)),  h_l = norm(swish(W_l' h_(l-1) + b_l + h_1 + .. + h_(l-1)))
 *   mu = M' h_d + m,  log variance = V' h_d + v,  logits = D' z + c
 * Batches are row-major; matrices are [in][out]. All weights lie in one array, so that saving,
 * the optimiser and a copy of the encoder need no list of their own.
 * Layer: model. Threads: a network is immutable while nobody trains it; a pass belongs to one
 * caller. The same batch gives the same bits for any number of threads.
 */
#ifndef REEL_MODEL_VAE_NET_H
#define REEL_MODEL_VAE_NET_H

#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"
#include "reel/err.h"

enum { VAE_DEPTH_MAX = 5 };

typedef struct vae_shape {
    size_t inputs; /* films, once for liked and once for disliked ones */
    size_t films, hidden, latent, depth;
} vae_shape;

/* Where each part begins in the array of weights. */
typedef struct vae_layout {
    size_t dense[VAE_DEPTH_MAX], bias[VAE_DEPTH_MAX]; /* [in][hidden], [hidden] */
    size_t gain[VAE_DEPTH_MAX], shift[VAE_DEPTH_MAX]; /* [hidden] of the normalisation */
    size_t mean, mean_bias, spread, spread_bias;      /* [hidden][latent], [latent] */
    size_t encoder;                                   /* everything before this is the encoder's */
    size_t decoder, decoder_bias;                     /* [latent][films], [films] */
    size_t total;
} vae_layout;
vae_layout reel__vae_layout(const vae_shape *shape);

/* Sparse rows that go in: entries of row r are [ptr[r], ptr[r + 1]). */
typedef struct vae_rows {
    size_t count;
    const reel_nnz *ptr;
    const reel_index *col;
    const float *val;
} vae_rows;

/* What a pass leaves behind, for as many rows as it was made for. */
typedef struct vae_pass {
    size_t rows;                             /* at the most */
    float *raw[VAE_DEPTH_MAX];               /* [rows][hidden] before swish */
    float *unit[VAE_DEPTH_MAX];              /* [rows][hidden] normalised, before gain and shift */
    float *scale[VAE_DEPTH_MAX];             /* [rows] 1 / deviation */
    float *out[VAE_DEPTH_MAX];               /* [rows][hidden] */
    float *mean, *spread, *z;                /* [rows][latent]; spread is the log variance */
    float *logits;                           /* [rows][films] */
    float *back[VAE_DEPTH_MAX];              /* [rows][hidden] gradients of out */
    float *back_mean, *back_spread, *back_z; /* [rows][latent] */
    float *memory;
} vae_pass;

/* gradients: whether room for those is made. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__vae_pass_init(vae_pass *out, const vae_shape *shape, size_t rows,
                                            int gradients, reel_err *err);
/* The bytes that init asks for. */
size_t reel__vae_pass_bytes(const vae_shape *shape, size_t rows, int gradients);
void reel__vae_pass_fini(vae_pass *pass);
/* The same in memory of the caller's, of reel__vae_pass_bytes. */
void reel__vae_pass_place(vae_pass *out, const vae_shape *shape, size_t rows, int gradients,
                          void *memory);

typedef struct vae_net {
    vae_shape shape;
    vae_layout at;
    const float *weights; /* [at.total] */
    int threads;
} vae_net;

/* pass->mean and spread from rows; then logits from pass->z. */
void reel__vae_encode(const vae_net *net, const vae_rows *rows, vae_pass *pass);
void reel__vae_decode(const vae_net *net, size_t rows, vae_pass *pass);

/* Gradients, from pass->logits (holding those of the logits) to the decoder's part of `gradient`
 * and pass->back_z; and from pass->back_mean and back_spread to the encoder's part. gradient
 * [at.total], overwritten; NULL: only what goes back through the layers. */
void reel__vae_back_decoder(const vae_net *net, size_t rows, vae_pass *pass, float *gradient);
void reel__vae_back_encoder(const vae_net *net, const vae_rows *rows, vae_pass *pass,
                            float *gradient);
/* Gradient of one input after reel__vae_back_encoder: of input i in row r. */
double reel__vae_input_gradient(const vae_net *net, const vae_pass *pass, size_t row, size_t input);

#endif
