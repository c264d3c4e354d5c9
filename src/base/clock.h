/* base/clock.h - time: the wall clock (can be set back) and the steady one (can not).
 * Layer: base. Threads: locked inside.
 */
#ifndef REEL_BASE_CLOCK_H
#define REEL_BASE_CLOCK_H

#include <stdint.h>

enum { REEL_TIME_TEXT = 32 };

int64_t reel__clock_now(void);       /* seconds since 1970 UTC */
int64_t reel__clock_now_ms(void);    /* the same in milliseconds */
int64_t reel__clock_steady_us(void); /* microseconds, never goes back */
/* "2026-11-23T08:15:00Z" */
void reel__clock_text(int64_t seconds, char out[REEL_TIME_TEXT]);
/* Tests: what reel__clock_now_ms answers, until set to -1. */
void reel__clock_set_for_test(int64_t now_ms);

#endif
