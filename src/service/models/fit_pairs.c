/* fit_pairs.c - ratings predicted while a model is fitted: a model that averages over samples of
 * its parameters averages over all of them here. Pairs of a person or an item that the training
 * data lack cannot be targets; the fitted model is asked for them afterwards.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "service/models/fit_priv.h"

/* ---- before -------------------------------------------------------------------------------- */

static reel_index find_person(const reel_fitting *f, reel_name name)
{
    const int64_t id = reel__name_id(&f->people, name);

    return id < 0 ? -1 : reel_dataset_find_person(f->dataset, id);
}

static reel_index find_movie(const reel_fitting *f, reel_name name)
{
    const int64_t id = reel__name_id(&f->movies, name);

    return id < 0 ? -1 : reel_dataset_find_movie(f->dataset, id);
}

static bool is_target(const reel_pairs *pairs, size_t pair)
{
    return pairs->people[pair] >= 0 && pairs->movies[pair] >= 0;
}

static reel_code make_targets(reel_fitting *f)
{
    const reel_pairs *pairs = &f->pairs;
    const size_t most = pairs->count;
    size_t count = 0;

    f->target_rows = reel__alloc_array(most, sizeof *f->target_rows);
    f->target_movies = reel__alloc_array(most, sizeof *f->target_movies);
    f->target_times = reel__alloc_array(most, sizeof *f->target_times);
    f->target_pairs = reel__alloc_array(most, sizeof *f->target_pairs);
    f->targets.out = reel__alloc_array(most, sizeof *f->targets.out);
    if (f->target_rows == NULL || f->target_movies == NULL || f->target_times == NULL ||
        f->target_pairs == NULL || f->targets.out == NULL)
        return reel_fail(f->err, REEL_E_NOMEM, "no memory to predict %zu pairs", most);
    for (size_t i = 0; i < pairs->count; i++) {
        const size_t pair = pairs->order[i];

        if (!is_target(pairs, pair))
            continue;
        f->target_rows[count] = (reel_index)pairs->people[pair];
        f->target_movies[count] = pairs->movies[pair];
        f->target_times[count] = pairs->file.ratings.items[pair].time;
        f->target_pairs[count++] = pair;
    }
    f->targets.count = count;
    f->targets.rows = f->target_rows;
    f->targets.movies = f->target_movies;
    f->targets.times = f->target_times;
    return REEL_OK;
}

reel_code reel__fit_pairs_read(reel_fitting *f)
{
    reel_pairs *pairs = &f->pairs;
    reel_code rc = REEL_OK;

    REEL_TRY(
        reel__pairs_read(pairs, f->opts->pairs, f->opts->third, f->opts->read.progress, f->err));
    for (size_t i = 0; i < pairs->count; i++) {
        const reel_rating *pair = &pairs->file.ratings.items[i];

        pairs->people[i] = find_person(f, reel__name(pairs->file.people, pair->person));
        pairs->movies[i] = find_movie(f, reel__name(pairs->file.movies, pair->movie));
    }
    REEL_TRY(reel__pairs_sort(pairs, f->err));
    rc = make_targets(f);
out:
    return rc;
}

/* ---- after --------------------------------------------------------------------------------- */

/* The pairs that were no targets, in the order of the file, with the texts of all of them. */
static reel_code take_rest(reel_pairs *rest, size_t **places, const reel_fitting *f)
{
    const reel_pairs *pairs = &f->pairs;
    const size_t count = pairs->count - f->targets.count;
    reel_rating *items = reel__alloc_array(count, sizeof *items);
    size_t used = 0;

    *rest = (reel_pairs){.file = pairs->file};
    rest->file.ratings = (reel_ratings){items, count, count};
    *places = reel__alloc_array(count, sizeof **places);
    if (items == NULL || *places == NULL)
        return reel_fail(f->err, REEL_E_NOMEM, "no memory to predict %zu pairs", count);
    for (size_t i = 0; i < pairs->count; i++)
        if (!is_target(pairs, i)) {
            items[used] = pairs->file.ratings.items[i];
            (*places)[used++] = i;
        }
    return reel__pairs_room(rest, f->err);
}

/* Ids of the training rows as the file's texts have them, not the model's. */
static reel_code unsort_ids(reel_fitting *f, const reel_names *names, const reel_intern *texts,
                            bool movies)
{
    int64_t *place;

    if (texts == NULL)
        return REEL_OK;
    place = reel__alloc_array((size_t)names->count, sizeof *place);
    if (place == NULL)
        return reel_fail(f->err, REEL_E_NOMEM, "no memory for %d names", (int)names->count);
    for (reel_index i = 0; i < names->count; i++) {
        const char *text = reel__names_text(names, i);

        place[i] = reel__intern_find(texts, text, strlen(text));
    }
    for (size_t i = 0; i < f->train.ratings.count; i++) {
        reel_rating *rating = &f->train.ratings.items[i];

        if (movies)
            rating->movie = place[rating->movie];
        else
            rating->person = place[rating->person];
    }
    reel__free(place);
    return REEL_OK;
}

static reel_code predict_rest(reel_fitting *f)
{
    const reel_batch_opts opts = {.threads = f->opts->threads, .cancel = f->opts->cancel};
    reel_batch_report report = {0};
    reel_histories histories = {0};
    reel_pairs rest;
    size_t *places = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(take_rest(&rest, &places, f));
    REEL_TRY(unsort_ids(f, &f->model->movie_names, f->train.movies, true));
    REEL_TRY(unsort_ids(f, &f->model->person_names, f->train.people, false));
    REEL_TRY(
        reel__histories_make(&histories, f->model, &f->train, f->opts->threads, &report, f->err));
    REEL_TRY(reel__pairs_place(&rest, f->model, &histories, &report, f->err));
    REEL_TRY(reel__pairs_predict(&rest, &opts, f->model, &histories, &report, f->err));
    for (size_t i = 0; i < rest.count; i++)
        f->pairs.scores[places[i]] = rest.scores[i];
    f->report->unknown_users = report.unknown_users;
    f->report->unknown_pairs = report.unknown_pairs;
out:
    rest.file.people = rest.file.movies = NULL; /* borrowed */
    reel__pairs_fini(&rest);
    reel__histories_fini(&histories);
    reel__free(places);
    return rc;
}

reel_code reel__fit_pairs_write(reel_fitting *f)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < f->targets.count; i++)
        f->pairs.scores[f->target_pairs[i]] = f->targets.out[i];
    if (f->targets.count < f->pairs.count)
        REEL_TRY(predict_rest(f));
    REEL_TRY(reel__pairs_write(&f->pairs, f->opts->predictions, f->opts->header, f->err));
    f->report->predicted = (int64_t)f->pairs.count;
out:
    return rc;
}

void reel__fit_pairs_fini(reel_fitting *f)
{
    reel__pairs_fini(&f->pairs);
    reel__free(f->target_rows);
    reel__free(f->target_movies);
    reel__free(f->target_times);
    reel__free(f->target_pairs);
    reel__free(f->targets.out);
}
