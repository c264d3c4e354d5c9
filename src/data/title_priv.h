/* data/title_priv.h - a MovieLens title with its other title. Layer: data. Threads: no state. */
#ifndef REEL_DATA_TITLE_PRIV_H
#define REEL_DATA_TITLE_PRIV_H

#include "data/rows_priv.h"

/* As reel__title_parse; other (may be NULL) gets the alternative title in parentheses, if any:
 * "La Cité des enfants perdus". */
void reel__title_split(const char *title, size_t length, reel_buf *name, reel_buf *other,
                       int32_t *year);

#endif
