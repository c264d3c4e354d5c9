/* num/kernels.h - dense inner loops, compiled for AVX-512, AVX2 and baseline and picked at run
 * time. Layer: num. Threads: no state. Each has a plain twin in tests/support.
 */
#ifndef REEL_NUM_KERNELS_H
#define REEL_NUM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Put before a function that should be compiled for each CPU kernel set. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define REEL_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REEL_KERNEL
#endif

float reel__dot(const float *a, const float *b, size_t n);
void reel__axpy(float *y, float a, const float *x, size_t n); /* y += a x */
/* Mean and standard deviation of n finite values, accumulated in double. */
void reel__moments(const float *x, size_t n, double *mean, double *deviation);

#endif
