/* fuzz_tmdb.c - any bytes as TMDb-shaped metadata for a catalogue of two films: no crash, and what
 * a page would show is sound: UTF-8, numbers in range, paths and keys that are safe in a link.
 */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/catalogue_priv.h"
#include "fuzz/fuzz_file.h"

static void check_film(const reel_movie *film)
{
    const char *const texts[] = {film->overview,       film->tagline,     film->keywords,
                                 film->cast,           film->directors,   film->genres,
                                 film->original_title, film->language,    film->release_date,
                                 film->poster_path,    film->trailer_key, film->backdrop_path};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        must(reel__utf8_valid(texts[i], strlen(texts[i])));
    must(film->poster_path[0] == '\0' || film->poster_path[0] == '/');
    must(strpbrk(film->poster_path, "\"'<>&?# \\") == NULL);
    must(strpbrk(film->trailer_key, "\"'<>&?#/ \\") == NULL);
    must(isnan(film->vote_average) || (film->vote_average >= 0.0F && film->vote_average <= 10.0F));
    must(!isinf(film->popularity));
    must(film->runtime >= 0 && film->vote_count >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    reel_catalogue *catalogue = NULL;
    reel_enrich_report report = {0};
    reel_err err = {REEL_OK, ""};
    reel_movie *film = NULL;

    must(reel__catalogue_new(&catalogue, &err) == REEL_OK);
    must(reel__catalogue_add(catalogue, &film, 1, (reel_slice){"Heat (1995)", 11}, &err) ==
         REEL_OK);
    film->tmdb_id = 949;
    must(reel__catalogue_add(catalogue, &film, 2, (reel_slice){"Ran", 3}, &err) == REEL_OK);
    film->imdb_id = 89881;
    const reel_code rc = reel__read_tmdb(catalogue, file.path, NULL, NULL, &report, &err);

    must(rc == REEL_OK || (rc == REEL_E_FORMAT && err.msg[0] != '\0'));
    must(report.with_overview <= report.matched && report.matched <= 2);
    check_film(reel__catalogue_movie(catalogue, 0));
    check_film(reel__catalogue_movie(catalogue, 1));
    reel__catalogue_free(catalogue);
    fuzz_file_close(&file);
    return 0;
}
