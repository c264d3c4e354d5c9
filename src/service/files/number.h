/* service/files/number.h - numbers as text, where millions of them are written.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_NUMBER_H
#define REEL_SERVICE_NUMBER_H

#include <stdint.h>

enum {
    REEL_NUMBER_TEXT = 32, /* room that is enough for either */
    REEL_NUMBERS_TEXT = 2 * REEL_NUMBER_TEXT
};

/* Write at `to`; returns where the text ends. No NUL. */
char *reel__put_int(char *to, int64_t value);
/* The fewest digits that read back as the same float, those in front of the point in full. */
char *reel__put_float(char *to, float value);

#endif
