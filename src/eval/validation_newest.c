/* validation_newest.c - questions about what people rated since an older dataset was made. */
#include <math.h>

#include "base/rng.h"
#include "eval/validation_priv.h"

/* Where the next film of `row` from `at` on is that has this id, or one beyond it. */
static reel_nnz skip_to(const reel_dataset *dataset, reel_nnz at, reel_nnz end, int64_t id)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    while (at < end && reel_dataset_movie_ids(dataset)[ratings.col[at]] < id)
        at++;
    return at;
}

/* A person's ratings that `before` lacks, to c->dated, and how many of them are liked. */
static size_t find_new(const reel_cutting *c, reel_index person, reel_index *likes)
{
    const reel_csr_view old = reel_dataset_ratings(c->before);
    const reel_index row =
        reel_dataset_find_person(c->before, reel_dataset_person_ids(c->dataset)[person]);
    const reel_nnz end = row < 0 ? 0 : old.ptr[row + 1];
    reel_nnz at = row < 0 ? 0 : old.ptr[row];
    size_t count = 0;

    *likes = 0;
    for (reel_nnz k = c->ratings.ptr[person]; k < c->ratings.ptr[person + 1]; k++) {
        const int64_t id = reel_dataset_movie_ids(c->dataset)[c->ratings.col[k]];

        at = skip_to(c->before, at, end, id);
        if (at < end && reel_dataset_movie_ids(c->before)[old.col[at]] == id)
            continue;
        c->dated[count++] = (reel_dated){reel_dataset_times(c->dataset)[k], (size_t)k};
        *likes += reel__cutting_likes(c, k);
    }
    return count;
}

/* Hold out the newest of what is new of a person, who is asked where any of it was liked. */
static void hold_new(const reel_cutting *c, reel_index person)
{
    reel_index likes;
    const size_t count = find_new(c, person, &likes);
    const size_t wanted = (size_t)ceil((double)count * c->opts->share);

    reel__recency_sort(c->dated, count);
    for (size_t i = 0; i < wanted; i++) {
        const reel_nnz k = (reel_nnz)c->dated[i].at;

        c->mark[k] = reel__cutting_likes(c, k) ? REEL_CUT_HELD : REEL_CUT_LEFT_OUT;
        c->asked[person] = c->asked[person] || c->mark[k] == REEL_CUT_HELD;
    }
}

/* People with something new that they liked: those of them who are asked, by a draw. */
void reel__validation_mark_new(const reel_cutting *c)
{
    reel_index people = 0, likes;

    for (reel_index p = 0; p < c->ratings.rows; p++) {
        if (!reel__cutting_knows(c, p))
            continue;
        (void)find_new(c, p, &likes);
        people += likes > 0;
    }
    for (reel_index p = 0; p < c->ratings.rows; p++) {
        reel_rng rng =
            reel__rng_make(c->opts->seed, (uint64_t)reel_dataset_person_ids(c->dataset)[p]);

        if (reel__cutting_knows(c, p) &&
            reel__rng_unit(&rng) * (double)people < (double)c->opts->most)
            hold_new(c, p);
    }
}

reel_code reel__validation_newest(reel_validation *out, const reel_dataset *dataset,
                                  const reel_dataset *before, const reel_validation_opts *opts,
                                  reel_err *err)
{
    const reel_validation_opts by_draw = {.share = opts->share,
                                          .unseen = opts->unseen,
                                          .most = opts->most,
                                          .seed = opts->seed,
                                          .known = opts->known};
    reel_cutting c = {.dataset = dataset,
                      .opts = &by_draw,
                      .ratings = reel_dataset_ratings(dataset),
                      .before = before,
                      .out = out};

    return reel__validation_cut(out, &c, err);
}
