/* base/memory.h - how much memory the machine has left.
 * Layer: base. Threads: no state.
 */
#ifndef REEL_BASE_MEMORY_H
#define REEL_BASE_MEMORY_H

#include <stddef.h>

/* Bytes that can be had without swapping, as the kernel estimates it; SIZE_MAX where it says
 * nothing. */
size_t reel__memory_available(void);

/* The most memory this process has had at once, bytes of mapped files included. */
size_t reel__memory_peak(void);

#endif
