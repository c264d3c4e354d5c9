/* base/utf8.h - UTF-8: checking, repairing, folding for search (over utf8proc).
 * Layer: base. Threads: no state.
 */
#ifndef REEL_BASE_UTF8_H
#define REEL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Well-formed UTF-8 without NUL. */
bool reel__utf8_valid(const char *text, size_t length);
/* Append text as UTF-8: as it is when well-formed, else read as ISO 8859-1 (Windows-1252 for
 * 0x80..0x9f). Control characters but tab become spaces, those of terminals (U+0080..U+009F), too.
 */
void reel__utf8_from_any(reel_buf *out, const char *text, size_t length);
/* Append text case-folded, without diacritics, compatibility forms unified: "Amélie" -> "amelie",
 * "Straße" -> "strasse". Malformed bytes are dropped. */
void reel__utf8_fold(reel_buf *out, const char *text, size_t length);
/* The character at text (left >= 1 bytes) and its bytes; -1 and 1 byte where malformed. */
int32_t reel__utf8_next(const char *text, size_t left, size_t *bytes);
/* What no line of text has: controls, of terminals too (U+0080..U+009F), and ends of lines and
 * paragraphs; and -1. */
bool reel__utf8_is_control(int32_t code);
/* A control, or what is not seen but changes how others are: directions, blanks without width. Not
 * the two joiners, which some scripts need. */
bool reel__utf8_is_hidden(int32_t code);
/* Well-formed, and none of the above in it. */
bool reel__utf8_is_plain(const char *text);
/* A letter, digit or mark of any script. */
bool reel__utf8_is_word(int32_t code);
/* Largest length <= limit that does not cut a character. */
size_t reel__utf8_cut(const char *text, size_t length, size_t limit);
/* Length without a last character that something else has cut in two. */
size_t reel__utf8_whole(const char *text, size_t length);

/* Columns a terminal gives the text: wide characters take two, combining marks none. */
int reel__utf8_width(const char *text, size_t length);

#endif
