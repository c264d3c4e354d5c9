/* eval/interleave.h - two lists as one, film by film from either, so that one person's clicks say
 * which of the two they like better: team-draft interleaving (Radlinski, Kurup and Joachims 2008,
 * "How does clickthrough data reflect retrieval quality?", CIKM). In each round of two places a
 * coin says which side picks first; each picks its best film that is not there yet, and a click
 * counts for the side that picked the film.
 *
 * The coins come from the list's id, so that whose pick a place was is known from the id alone and
 * nothing else is kept.
 * Layer: eval. Threads: no state. Never fails.
 */
#ifndef REEL_EVAL_INTERLEAVE_H
#define REEL_EVAL_INTERLEAVE_H

#include <stddef.h>
#include <stdint.h>

/* Whose pick a place is, 0 or 1. rank: from 1. A list that goes on counts on. */
int reel__interleave_side(const char *list_id, int rank);

/* A side's films, best first, none twice. */
typedef struct reel_interleave_side {
    const int64_t *films;
    size_t count;
} reel_interleave_side;

/* One place of the list: sides[side].films[place]. */
typedef struct reel_interleave_pick {
    int side;
    size_t place;
} reel_interleave_pick;

/* out [limit]; first_rank: of its first place, 1 but for a list that goes on. Returns how many
 * places there are. A side without a film left is stood in for by the other; such a pick has that
 * one's side, whatever reel__interleave_side says of its rank. Cost: limit x (limit + counts). */
size_t reel__interleave(reel_interleave_pick *out, size_t limit,
                        const reel_interleave_side sides[2], const char *list_id, int first_rank);

#endif
