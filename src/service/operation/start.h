/* service/operation/start.h - what has to be in the environment before the program is loaded.
 * Layer: service. Threads: called before there are any.
 */
#ifndef REEL_SERVICE_START_H
#define REEL_SERVICE_START_H

#include <stdbool.h>
#include <stddef.h>

/* Sets what OpenBLAS reads while it is loaded: its loops where nobody has named any, and one thread
 * where the address space is limited, whatever was set. True: something was, and the process has to
 * start once more to be heard; false the second time. */
bool reel__start_prepare(void);
/* "OpenBLAS 0.3.21 for SkylakeX" */
void reel__start_blas(char *out, size_t size);

#endif
