/* tables.c - movies.csv, links.csv and ratings.csv as MovieLens lays them out. */
#include "service/files/tables.h"

#include <stdio.h>

reel_code reel__tables_open_movies(reel_csv_writer *out, const char *folder, reel_err *err)
{
    return reel__csv_open(out, folder, "movies.csv", "movieId,title,genres", err);
}

reel_code reel__tables_open_links(reel_csv_writer *out, const char *folder, reel_err *err)
{
    return reel__csv_open(out, folder, "links.csv", "movieId,imdbId,tmdbId", err);
}

reel_code reel__tables_open_ratings(reel_csv_writer *out, const char *folder, reel_err *err)
{
    return reel__csv_open(out, folder, "ratings.csv", "userId,movieId,rating,timestamp", err);
}

reel_code reel__tables_movie(reel_csv_writer *csv, int64_t id, const char *title,
                             const char *genres, reel_err *err)
{
    reel__csv_int(csv, id);
    reel__csv_text(csv, title);
    reel__csv_text(csv, genres[0] != '\0' ? genres : "(no genres listed)");
    return reel__csv_end_row(csv, err);
}

reel_code reel__tables_link(reel_csv_writer *csv, int64_t id, int64_t imdb_id, int64_t tmdb_id,
                            reel_err *err)
{
    char imdb[24] = "", tmdb[24] = "";

    if (imdb_id > 0) /* as in IMDb's addresses, tt0017136 */
        (void)snprintf(imdb, sizeof imdb, "%07lld", (long long)imdb_id);
    if (tmdb_id > 0)
        (void)snprintf(tmdb, sizeof tmdb, "%lld", (long long)tmdb_id);
    reel__csv_int(csv, id);
    reel__csv_text(csv, imdb);
    reel__csv_text(csv, tmdb);
    return reel__csv_end_row(csv, err);
}

reel_code reel__tables_rating(reel_csv_writer *csv, const reel_rating *rating, reel_err *err)
{
    reel__csv_int(csv, rating->person);
    reel__csv_int(csv, rating->movie);
    reel__csv_real(csv, rating->value);
    reel__csv_int(csv, rating->time);
    return reel__csv_end_row(csv, err);
}
