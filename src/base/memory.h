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

enum { REEL_MEMORY_TEXT = 24 };
/* "10 bytes", "3.2 kB", "14 MB", "1.6 GB" into out. */
void reel__memory_text(char out[REEL_MEMORY_TEXT], double bytes);

#endif
