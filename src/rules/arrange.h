/* rules/arrange.h - the order of a list beyond its scores: how well known its films are, how like
 * the genre mix of a history, and how unlike one another. Layer: rules. Threads: no state.
 */
#ifndef REEL_RULES_ARRANGE_H
#define REEL_RULES_ARRANGE_H

#include "eval/genres.h"
#include "reel/csr.h"

/* What films are like. Borrowed. */
typedef struct reel_likeness {
    const reel_genres *genres;
    reel_csr_view features; /* movies x terms, rows of length 1; 0 rows = not known */
} reel_likeness;

typedef struct reel_candidate {
    reel_index movie;
    double worth; /* 0 .. 1: how well it does by score alone */
    double fame;  /* how many people rated it */
} reel_candidate;

/* Each from 0 (not at all) to 1 (nothing else counts). */
typedef struct reel_arrange_opts {
    double novelty;   /* little known films first, by ln(1 + fame) */
    double calibrate; /* genres in the shares of the history (Steck 2018, RecSys) */
    double diversity; /* unlike what stands above: maximal marginal relevance (Carbonell and
                         Goldstein 1998, SIGIR) */
    const reel_genre_mix *history; /* NULL, or without genres: nothing is calibrated */
} reel_arrange_opts;

/* Choose `wanted` of `count` candidates, the best first; ties go to the candidate given first.
 * Greedily, with v_i = (1 - novelty) worth_i + novelty (1 for the least known, 0 for the best known
 * candidate), each place takes the largest
 *   (1 - c) ((1 - d) v_i + d (1 - likeness to the most alike above)) + c (1 - KL / ln 100)
 * d diversity, c calibrate, KL the divergence of the mix with i from the history's. Likeness is the
 * mean of the cosines of genres and of features. order [wanted]: numbers of candidates. O(wanted x
 * count x genres). Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__arrange(const reel_likeness *likeness,
                                      const reel_candidate *candidates, size_t count,
                                      const reel_arrange_opts *opts, size_t *order, size_t wanted,
                                      reel_err *err);

#endif
