/* base/log_priv.h - what log.c and log_queue.c share. */
#ifndef REEL_BASE_LOG_PRIV_H
#define REEL_BASE_LOG_PRIV_H

#include <stdbool.h>
#include <stddef.h>

/* JSON makes up to six bytes of one, and quotes and names around fields. */
enum { REEL_LOG_LINE_MOST = 16384 };

void reel__log_drop(int lines);
/* Hand a line to the thread that writes. False: there is none, write it yourself. */
bool reel__log_queue(const char *line, size_t length);

#endif
