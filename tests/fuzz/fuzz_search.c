/* fuzz_search.c - any bytes as what TMDb answers to a search, a find and a film: no crash, a score
 * in range, texts that are whole.
 */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/catalogue_priv.h"
#include "fuzz/fuzz.h"
#include "tmdb/tmdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    reel_catalogue *catalogue = NULL;
    reel_movie *film = NULL;
    reel_tmdb_guess guess;
    reel_joined joined;
    int64_t id = -1;
    reel_err err = {REEL_OK, ""};

    if (reel__tmdb_guess(&guess, "Heat", 1995, text, size, &err) == REEL_OK) {
        must(guess.tmdb_id >= 0 && guess.score >= 0 && guess.score <= 1);
        must(!guess.sure || guess.tmdb_id > 0);
        must(reel__utf8_valid(guess.reason, strlen(guess.reason)));
        must(strpbrk(guess.reason, "\x1b\r\n") == NULL);
    }
    must(reel__tmdb_found(&id, text, size, &err) != REEL_OK || id >= 0);
    must(reel__catalogue_new(&catalogue, &err) == REEL_OK);
    must(reel__catalogue_add(catalogue, &film, 1, (reel_slice){"Heat (1995)", 11}, &err) ==
         REEL_OK);
    if (reel__catalogue_join(catalogue, 0, text, size, &joined, &err) == REEL_OK)
        must(joined.join != REEL_JOIN_NONE);
    film = reel__catalogue_find(catalogue, 1);
    must(reel__utf8_valid(film->overview, strlen(film->overview)));
    must(film->tmdb_id >= 0);
    reel__catalogue_free(catalogue);
    return 0;
}
