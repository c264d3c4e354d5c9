/* support/world.h - a small MovieLens-shaped folder of a test's own, loaded into a store, and an
 * engine over it. 30 films, 40 people in two circles of taste; film 30 was rated by nobody.
 * Threads: one thread at a time.
 */
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

#include "base/alloc.h"
#include "base/file.h"
#include "base/rng.h"
#include "service/engine/engine.h"
#include "service/files/load.h"
#include "service/lists/recommend.h"
#include "support/check.h"
#include "support/temp.h"

enum { WORLD_FILMS = 30, WORLD_PEOPLE = 40, WORLD_NOTES = 1 << 14 };

typedef struct world_film {
    const char *title, *genres, *words;
} world_film;

static const world_film world_films[WORLD_FILMS] = {
    {"Toy Story (1995)", "Animation|Children|Comedy", "toys friendship rivalry"},
    {"Toy Story 2 (1999)", "Animation|Children|Comedy", "toys rescue friendship"},
    {"Matrix, The (1999)", "Action|Sci-Fi", "simulation hacker future"},
    {"Heat (1995)", "Action|Crime", "heist detective city"},
    {"Heat (1986)", "Action", "gambler bodyguard city"},
    {"Amélie (2001)", "Comedy|Romance", "paris waitress kindness"},
    {"City of Lost Children, The (Cité des enfants perdus, La) (1995)", "Sci-Fi|Adventure",
     "dreams children scientist"},
    {"M*A*S*H (1970)", "Comedy|War", "surgeons war camp"},
    {"2001: A Space Odyssey (1968)", "Sci-Fi", "space computer monolith"},
    {"Seven (a.k.a. Se7en) (1995)", "Crime|Thriller", "detective sins murder"},
    {"Spider-Man (2002)", "Action|Sci-Fi", "hero spider city"},
    {"Godfather, The (1972)", "Crime|Drama", "family mafia power"},
    {"Godfather: Part II, The (1974)", "Crime|Drama", "family mafia immigrant"},
    {"Bug's Life, A (1998)", "Animation|Children", "ants grasshoppers circus"},
    {"Blade Runner (1982)", "Sci-Fi|Thriller", "replicant detective future"},
    {"Seven Samurai (1954)", "Action|Drama", "village swordsmen bandits"},
    {"Wizard of Oz, The (1939)", "Children|Musical", "girl road witch"},
    {"Casablanca (1942)", "Drama|Romance", "war love letters"},
    {"Alien (1979)", "Horror|Sci-Fi", "space creature crew"},
    {"Aliens (1986)", "Action|Sci-Fi", "space creatures marines"},
    {"Fargo (1996)", "Crime|Drama", "snow kidnapping police"},
    {"Jaws (1975)", "Horror|Action", "shark beach police"},
    {"Psycho (1960)", "Horror|Thriller", "motel shower mother"},
    {"Vertigo (1958)", "Mystery|Thriller", "heights detective obsession"},
    {"Metropolis (1927)", "Drama|Sci-Fi", "city workers machine"},
    {"$ (1971)", "Comedy|Crime", "bank safe heist"},
    {"Lock, Stock & Two Barrels (1998)", "Comedy|Crime", "cards debt heist"},
    {"Up (2009)", "Animation|Children", "balloons house friendship"},
    {"Wings (1927)", "Drama|War", "pilots war friendship"},
    {"Unseen Work (2003)", "Drama", "war letters friendship"},
};

static inline int64_t world_id(int film)
{
    return 10 * (int64_t)film + 1;
}

/* Even people like the first half of the films, odd ones the second; seed shuffles the rest. */
static inline void world_write_ratings(const char *folder, uint64_t seed)
{
    char name[128];
    static char text[1 << 18];
    size_t at = (size_t)snprintf(text, sizeof text, "userId,movieId,rating,timestamp\n");

    for (int person = 1; person <= WORLD_PEOPLE; person++) {
        reel_rng rng = reel__rng_make(seed, (uint64_t)person);

        for (int film = 0; film < WORLD_FILMS - 1; film++) {
            const bool liked = (film < WORLD_FILMS / 2) == (person % 2 == 0);

            if (reel__rng_unit(&rng) > (liked ? 0.95 : 0.5))
                continue;
            at += (size_t)snprintf(text + at, sizeof text - at, "%d,%lld,%d,%d\n", person * 3,
                                   (long long)world_id(film),
                                   (int)(liked ? 3 : 1) + (int)reel__rng_below(&rng, 3),
                                   1000000000 + person * 1000 + film);
        }
    }
    (void)snprintf(name, sizeof name, "%s/ratings.csv", folder);
    (void)temp_write(name, text);
}

/* Folder `name` under the test's own; its path. */
static inline const char *world_write(const char *name, uint64_t seed)
{
    char file[128];
    static char movies[1 << 14], links[1 << 12], metadata[1 << 16];
    size_t m = (size_t)snprintf(movies, sizeof movies, "movieId,title,genres\n");
    size_t l = (size_t)snprintf(links, sizeof links, "movieId,imdbId,tmdbId\n");
    size_t t = 0;
    reel_err err = {0};

    assert_ok(reel__file_make_folder(temp_path(name), &err));
    for (int i = 0; i < WORLD_FILMS; i++) {
        const world_film *film = &world_films[i];
        const int year = atoi(strrchr(film->title, '(') + 1); /* a test's own text */

        m += (size_t)snprintf(movies + m, sizeof movies - m, "%lld,\"%s\",%s\n",
                              (long long)world_id(i), film->title, film->genres);
        l += (size_t)snprintf(links + l, sizeof links - l, "%lld,%d,%d\n", (long long)world_id(i),
                              1000 + i, 500 + i);
        t += (size_t)snprintf(metadata + t, sizeof metadata - t,
                              "{\"id\":%d,\"title\":\"x\",\"release_date\":\"%d-01-02\","
                              "\"overview\":\"A story of %s.\",\"runtime\":100,"
                              "\"poster_path\":\"/p%d.jpg\",\"vote_average\":7.5,"
                              "\"vote_count\":12}\n",
                              500 + i, year, film->words, i);
    }
    (void)snprintf(file, sizeof file, "%s/movies.csv", name);
    (void)temp_write(file, movies);
    (void)snprintf(file, sizeof file, "%s/links.csv", name);
    (void)temp_write(file, links);
    (void)snprintf(file, sizeof file, "%s/films.jsonl", name);
    (void)temp_write(file, metadata);
    world_write_ratings(name, seed);
    return temp_path(name);
}

/* Load folder `name` into database `database` (both under the test's own folder). */
static inline reel_load_report world_load(const char *name, const char *database, uint64_t seed)
{
    char folder[TEMP_PATH], tmdb[TEMP_PATH + 16], path[TEMP_PATH];
    reel_load_opts opts = {.movielens = folder, .tmdb = tmdb, .database = path};
    reel_load_report report;
    reel_err err = {0};

    (void)snprintf(folder, sizeof folder, "%s", world_write(name, seed));
    (void)snprintf(tmdb, sizeof tmdb, "%s/films.jsonl", folder);
    (void)snprintf(path, sizeof path, "%s", temp_path(database));
    assert_ok(reel__load(&opts, &report, &err));
    return report;
}

/* The notices of an engine, one after the other. */
static char world_notes[WORLD_NOTES];

static inline void world_note(void *user, const char *line)
{
    const size_t at = strlen(world_notes);

    (void)user;
    (void)snprintf(world_notes + at, sizeof world_notes - at, "%s\n", line);
}

static inline reel_engine_opts world_opts(const char *path)
{
    world_notes[0] = '\0';
    return (reel_engine_opts){.database = path, .threads = 1, .notice = {.line = world_note}};
}

/* An engine over a database of the test's own; store and overlay as in reel_engine_opts. */
static inline reel_engine *world_open_over(const char *database, reel_store *store,
                                           reel_overlay *overlay)
{
    reel_engine_opts opts = world_opts(temp_path(database));
    reel_engine *engine = NULL;
    reel_err err = {0};

    opts.store = store;
    opts.overlay = overlay;
    assert_ok(reel__engine_open(&engine, &opts, &err));
    return engine;
}

static inline reel_engine *world_open(const char *database)
{
    return world_open_over(database, NULL, NULL);
}

static inline reel_session *world_session(const reel_engine *engine)
{
    reel_session *session = NULL;
    reel_err err = {0};

    assert_ok(reel__session_new(&session, engine, &err));
    return session;
}

#endif
