/* poster.c - whatever bytes a film's facts hold, its poster is well-formed XML: thousands of films
 * of random text and garbage, read by Python's expat. REEL_SEED replays a run.
 */
#include "support/check.h"
#include "support/temp.h"

#include <sys/wait.h>

#include "base/clock.h"
#include "base/rng.h"
#include "poster/poster.h"

enum { FILMS = 4000, TEXT_MOST = 300 };

static const char *const pieces[] = {
    "<",
    "&",
    "]]>",
    "\"",
    "'",
    "&#0;",
    "--",
    "<!--",
    "é",
    "ß",
    "千",
    "ก็",
    "ي",
    "א",
    "😀",
    "\xff",
    "\xc3",
    "\xed\xa0\x80",
    "\t",
    "\n",
    "\x01",
    "\x7f",
    "\xc2\x85",
    "\xef\xbf\xbe",
    "\xef\xbf\xbf",
    "\xe2\x80\xae",
    "\xcc\x81\xcc\x81\xcc\x81",
    " ",
    "The",
    ": ",
    " (",
    ")",
    " or",
    "\xf4\x8f\xbf\xbf",
    "\xf0\x9f",
    "\xe2\x80\xa8",
};

/* Text of random pieces, or plain random bytes. */
static void garble(reel_rng *rng, char out[TEXT_MOST])
{
    const size_t most = (size_t)reel__rng_below(rng, reel__rng_below(rng, 8) == 0 ? 250 : 30);
    const bool raw = reel__rng_below(rng, 3) == 0;
    size_t length = 0;

    while (length < most) {
        const char *piece = pieces[reel__rng_below(rng, sizeof pieces / sizeof *pieces)];
        const uint64_t kind = reel__rng_below(rng, 3);

        if (raw || kind == 0)
            out[length++] = (char)(1 + reel__rng_below(rng, raw ? 255 : 127));
        else if (length + strlen(piece) < TEXT_MOST - 1)
            for (; *piece != '\0'; piece++)
                out[length++] = *piece;
    }
    out[length] = '\0';
}

static uint64_t seed_of(void)
{
    const char *text = getenv("REEL_SEED");
    const uint64_t seed =
        text != NULL ? strtoull(text, NULL, 10) : (uint64_t)reel__clock_now_ms() % 1000000;

    (void)fprintf(stderr, "REEL_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static void write_posters(FILE *file, uint64_t seed)
{
    (void)fputs("<posters>", file);
    for (int i = 0; i < FILMS; i++) {
        reel_rng rng = reel__rng_make(seed, (uint64_t)i);
        char name[TEXT_MOST], genres[TEXT_MOST], directors[TEXT_MOST];
        reel_movie movie = {.id = (int64_t)(reel__rng_next(&rng) >> 1),
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
                            .trailer_key = ""};
        reel_buf out;
        reel_err err;

        garble(&rng, name);
        garble(&rng, genres);
        garble(&rng, directors);
        movie.title = movie.name = name;
        movie.genres = i % 2 == 0 ? genres : "Horror|Comedy|Musical|Documentary";
        movie.directors = directors;
        movie.year = (int32_t)reel__rng_next(&rng);
        reel__buf_init(&out, 1 << 18);
        assert_ok(reel__poster_svg(&out, &movie, &err));
        assert_int_equal(fwrite(out.data, 1, out.length, file), out.length);
        reel__buf_fini(&out);
    }
    (void)fputs("</posters>\n", file);
}

static void test_well_formed(void **state)
{
    const char *path = temp_path("posters.xml");
    FILE *file = fopen(path, "wb");
    char command[1024];
    int status;

    (void)state;
    assert_non_null(file);
    write_posters(file, seed_of());
    assert_int_equal(fclose(file), 0);
    (void)snprintf(command, sizeof command,
                   "command -v python3 >/dev/null || exit 77; exec python3 -c \"import sys, "
                   "xml.parsers.expat as x; p = x.ParserCreate(); found = []; "
                   "p.StartElementHandler = lambda n, a: found.append('role' in a); "
                   "p.ParseFile(open(sys.argv[1], 'rb')); "
                   "sys.exit(0 if sum(found) == %d else 'found %%d posters' %% sum(found))\" '%s'",
                   FILMS, path);
    status = system(command); /* NOLINT(cert-env33-c) */
    if (WEXITSTATUS(status) == 77) {
        (void)fprintf(stderr, "skipped: there is no python3\n");
        exit(77);
    }
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_well_formed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
