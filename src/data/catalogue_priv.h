/* data/catalogue_priv.h - a catalogue being filled by the readers: films and people in the order
 * they came, their texts in blocks that never move. Layer: data. Threads: one thread at a time.
 */
#ifndef REEL_DATA_CATALOGUE_PRIV_H
#define REEL_DATA_CATALOGUE_PRIV_H

#include "base/map.h"
#include "data/csv_priv.h"
#include "data/rows_priv.h"

enum { CATALOGUE_LABEL = 64 };

struct reel_catalogue {
    reel_movie *movies;
    size_t movies_count, movies_capacity;
    reel_reader_person *people;
    size_t people_count, people_capacity;
    reel_map *ids; /* movie id -> index */
    struct catalogue_block *blocks;
    size_t block_used;
    reel_buf work;             /* one text being put together */
    reel_joined *joined;       /* [movies_count] after metadata were read, or NULL */
    struct catalogue_verdict { /* [movies_count], or NULL: nobody said anything */
        int64_t tmdb_id;       /* 0 = nothing was said of this film */
        bool accepted;
    } * verdicts;
    int64_t reported; /* bad rows handed out so far, over all files */
    char label[CATALOGUE_LABEL];
};

REEL_MUST_USE reel_code reel__catalogue_new(reel_catalogue **out, reel_err *err);
/* A copy of a text that lives as long as the catalogue; "" costs nothing. */
REEL_MUST_USE reel_code reel__catalogue_keep(reel_catalogue *catalogue, const char **out,
                                             const char *text, size_t length, reel_err *err);
/* The same for bytes from a file: trimmed, and made UTF-8. */
REEL_MUST_USE reel_code reel__catalogue_text(reel_catalogue *catalogue, const char **out,
                                             reel_slice field, reel_err *err);
/* A film known by its title: *out has id, title, name, original_title and year, other texts "" and
 * unknown numbers. Errors: E_CONFLICT (the id is there; nothing to report yet), E_NOMEM. */
REEL_MUST_USE reel_code reel__catalogue_add(reel_catalogue *catalogue, reel_movie **out, int64_t id,
                                            reel_slice title, reel_err *err);
/* NULL when it is not there. */
reel_movie *reel__catalogue_find(const reel_catalogue *catalogue, int64_t id);
REEL_MUST_USE reel_code reel__catalogue_add_person(reel_catalogue *catalogue,
                                                   const reel_reader_person *person, reel_err *err);
/* "Action|Comedy" as it is, "(no genres listed)" as "". */
REEL_MUST_USE reel_code reel__catalogue_genres(reel_catalogue *catalogue, const char **out,
                                               reel_slice field, reel_err *err);

/* Rows of a file of fields that are never quoted: the parts of the current line; how many there
 * are, at most maximum + 1. */
int reel__fields_split(reel_slice line, const char *separator, reel_slice *fields, int maximum);

/* One reader per file; counts are added to report. Errors: E_FORMAT, E_NOTFOUND, E_STORE, E_NOMEM.
 */
REEL_MUST_USE reel_code reel__read_dat_movies(reel_catalogue *catalogue, const char *path,
                                              const reel_read_opts *opts, reel_read_report *report,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__read_dat_users(reel_catalogue *catalogue, const char *path,
                                             const reel_read_opts *opts, reel_read_report *report,
                                             reel_err *err);
REEL_MUST_USE reel_code reel__read_100k_items(reel_catalogue *catalogue, const char *path,
                                              const char *genres, const reel_read_opts *opts,
                                              reel_read_report *report, reel_err *err);
REEL_MUST_USE reel_code reel__read_100k_users(reel_catalogue *catalogue, const char *path,
                                              const reel_read_opts *opts, reel_read_report *report,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__read_csv_movies(reel_catalogue *catalogue, const char *path,
                                              const reel_read_opts *opts, reel_read_report *report,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__read_links(reel_catalogue *catalogue, const char *path,
                                         const reel_read_opts *opts, reel_read_report *report,
                                         reel_err *err);
/* tags.csv or tags.dat, told apart by the name. */
REEL_MUST_USE reel_code reel__read_tags(reel_catalogue *catalogue, const char *path,
                                        const reel_read_opts *opts, reel_read_report *report,
                                        reel_err *err);

#endif
