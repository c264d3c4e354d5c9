/* fuzz_expression.c - any bytes as an expression, and as texts of the film it is asked of: no
 * crash, a mistake has a place, an accepted text is accepted again with the same answer.
 */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "rules/expression.h"

enum { ROOM = 1 << 16 };

static void check(const char *text, reel_value_kind kind, const reel_film *film, reel_buf *room)
{
    reel_expression *first = NULL, *second = NULL;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__expression_new(&first, text, kind, &err);

    must((rc == REEL_OK) == (first != NULL));
    must(rc == REEL_OK || err.msg[0] != '\0');
    must(rc == REEL_OK || rc == REEL_E_INVALID || rc == REEL_E_TOOLARGE);
    if (rc != REEL_OK)
        return;
    must(reel__expression_new(&second, text, kind, &err) == REEL_OK);
    if (kind == REEL_VALUE_TRUTH) {
        must(reel__expression_test(first, film, room) == reel__expression_test(second, film, room));
    } else {
        const double a = reel__expression_value(first, film, room);
        const double b = reel__expression_value(second, film, room);

        must(a == b || (isnan(a) && isnan(b)));
    }
    must(!room->failed);
    reel__expression_free(first);
    reel__expression_free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_buf text, facts, room;
    reel_movie movie = {
        .id = 1, .year = 1979, .runtime = 117, .vote_average = NAN, .popularity = 1};
    const reel_film film = {&movie, 3.5, 12};

    reel__buf_init(&text, 1 << 20);
    reel__buf_init(&facts, 1 << 20);
    reel__buf_init(&room, ROOM);
    reel__buf_append(&text, data, size < 4000 ? size : 4000);
    reel__buf_char(&text, '\0');
    reel__utf8_from_any(&facts, (const char *)data, size < 1000 ? size : 1000);
    reel__buf_char(&facts, '\0');
    must(!text.failed && !facts.failed);
    movie.name = movie.genres = movie.keywords = movie.cast = movie.directors = facts.data;
    movie.title = movie.tags = movie.original_title = movie.overview = facts.data;
    movie.language = movie.release_date = movie.tagline = "";
    check(text.data, REEL_VALUE_TRUTH, &film, &room);
    check(text.data, REEL_VALUE_NUMBER, &film, &room);
    reel__buf_fini(&text);
    reel__buf_fini(&facts);
    reel__buf_fini(&room);
    return 0;
}
