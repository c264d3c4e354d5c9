/* service/files/tables.h - the CSV files of a MovieLens folder, row by row, for everything that
 * writes such a folder. Layer: service. Threads: one thread at a time per file.
 */
#ifndef REEL_SERVICE_TABLES_H
#define REEL_SERVICE_TABLES_H

#include "reel/dataset.h"
#include "service/files/csv_write.h"

/* movies.csv, links.csv, ratings.csv of a folder; then rows; then reel__csv_commit. */
REEL_MUST_USE reel_code reel__tables_open_movies(reel_csv_writer *out, const char *folder,
                                                 reel_err *err);
REEL_MUST_USE reel_code reel__tables_open_links(reel_csv_writer *out, const char *folder,
                                                reel_err *err);
REEL_MUST_USE reel_code reel__tables_open_ratings(reel_csv_writer *out, const char *folder,
                                                  reel_err *err);

REEL_MUST_USE reel_code reel__tables_movie(reel_csv_writer *csv, int64_t id, const char *title,
                                           const char *genres, reel_err *err);
/* 0 = unknown */
REEL_MUST_USE reel_code reel__tables_link(reel_csv_writer *csv, int64_t id, int64_t imdb_id,
                                          int64_t tmdb_id, reel_err *err);
REEL_MUST_USE reel_code reel__tables_rating(reel_csv_writer *csv, const reel_rating *rating,
                                            reel_err *err);

#endif
