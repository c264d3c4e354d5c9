/* poster.c - one generated poster: microseconds, over films of every genre and decade. */
#include "poster/poster.h"

#include "timing.h"

enum { POSTERS = 2000 };

static const char *const genres[] = {
    "Drama",     "Comedy|Romance", "Action|Sci-Fi|Thriller", "Film-Noir|Crime", "Western",
    "War|Drama", "Horror",         "Animation|Children",     "Musical",         "Documentary",
    "Mystery",   "Adventure"};

int main(void)
{
    bench_timing timing = {.count = 0};
    size_t bytes = 0;
    char extra[64];

    for (int run = 0; run < BENCH_RUNS; run++) {
        const int64_t start = reel__clock_steady_us();

        bytes = 0;
        for (int i = 0; i < POSTERS; i++) {
            const reel_movie movie = {.id = i,
                                      .title = "",
                                      .name = i % 2 == 0 ? "The Man Who Shot Liberty Valance"
                                                         : "2001: A Space Odyssey",
                                      .genres = genres[i % 12],
                                      .directors = "John Ford",
                                      .year = 1920 + i % 100};
            reel_buf out;

            reel__buf_init(&out, 1 << 18);
            if (reel__poster_svg(&out, &movie, NULL) != REEL_OK)
                return 1;
            bytes += out.length;
            reel__buf_fini(&out);
        }
        bench_add(&timing, (double)(reel__clock_steady_us() - start) / POSTERS);
    }
    (void)snprintf(extra, sizeof extra, ",\"bytes\":%zu", bytes / POSTERS);
    bench_print(&timing, "poster/svg", "us", extra);
    return 0;
}
