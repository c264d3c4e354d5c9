/* fuzz_poster.c - any bytes as a film's facts, a line each: the poster holds no tag and no
 * character that is not its own.
 */
#include <string.h>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "poster/poster.h"

enum { FACTS = 3, FACT_MOST = 2000 };

static void check_text(const char *svg, size_t length)
{
    int depth = 0;

    must(reel__utf8_valid(svg, length));
    for (size_t i = 0; i < length; i++) {
        must((unsigned char)svg[i] >= 0x20 || svg[i] == '\n');
        must(svg[i] != '<' || ++depth == 1); /* a tag is closed before the next one opens */
        must(svg[i] != '>' || --depth == 0);
        must(svg[i] != '&' || memchr(svg + i, ';', 6) != NULL);
    }
    must(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char facts[FACTS][FACT_MOST + 1];
    size_t at = 0;

    for (int i = 0; i < FACTS; i++) {
        size_t length = 0;

        while (at < size && data[at] != '\n' && length < FACT_MOST)
            facts[i][length++] = (char)data[at++];
        facts[i][length] = '\0';
        at += at < size && data[at] == '\n' ? 1 : 0;
    }
    const reel_movie movie = {.id = (int64_t)size,
                              .title = facts[0],
                              .name = facts[0],
                              .genres = facts[1],
                              .directors = facts[2],
                              .overview = "",
                              .tagline = "",
                              .keywords = "",
                              .cast = "",
                              .tags = "",
                              .original_title = "",
                              .language = "",
                              .release_date = "",
                              .poster_path = "",
                              .backdrop_path = "",
                              .trailer_key = "",
                              .year = size > 3 ? 1890 + data[size / 2] : 0};
    reel_err err = {REEL_OK, ""};
    reel_buf out;

    reel__buf_init(&out, 1 << 20);
    must(reel__poster_svg(&out, &movie, &err) == REEL_OK);
    check_text(out.data, out.length);
    reel__buf_fini(&out);
    return 0;
}
