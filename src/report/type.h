/* report/type.h - how wide a text is drawn at most. Nobody knows which font a viewer has, so a
 * letter counts as wide as the widest of the usual ones draws it: what fits here fits everywhere.
 * Layer: report. Threads: no state.
 */
#ifndef REEL_REPORT_TYPE_H
#define REEL_REPORT_TYPE_H

#include <stddef.h>

/* In units of the font's size. */
double reel__type_wide(const char *text, size_t length);
/* Into out: the text, or as much of it as is at most `width` sizes wide, with an ellipsis. */
enum { REEL_TYPE_FIT = 256 };
const char *reel__type_fit(char out[REEL_TYPE_FIT], const char *text, double width);
/* Bytes of the first line of at most `width` sizes, broken between words; blanks that follow are
 * counted in *next. At least one character. */
size_t reel__type_line(const char *text, double width, size_t *next);

#endif
