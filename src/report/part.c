/* part.c - see part.h. */
#include "report/part.h"

#include <string.h>

#include "base/alloc.h"

static bool has_genre(const char *genres, const char *wanted)
{
    const size_t length = strlen(wanted);

    for (const char *at = genres; *at != '\0'; at += strcspn(at, "|"), at += *at == '|')
        if (strcspn(at, "|") == length && strncmp(at, wanted, length) == 0)
            return true;
    return false;
}

bool reel__part_is_whole(const reel_part *part)
{
    return part->genre == NULL && part->from == 0 && part->to == 0;
}

bool reel__part_has(const reel_part *part, const reel_movie *film)
{
    if ((part->from > 0 || part->to > 0) && film->year <= 0)
        return false;
    if ((part->from > 0 && film->year < part->from) || (part->to > 0 && film->year > part->to))
        return false;
    return part->genre == NULL || has_genre(film->genres, part->genre);
}

/* [movies] the number of a film in the part, -1 = it is not in it. */
static reel_index *number_films(reel_part_arrays *out, const reel_dataset *dataset,
                                const reel_part *part)
{
    const reel_index films = reel_dataset_movies(dataset);
    reel_index *number = reel__alloc_array((size_t)films, sizeof *number);

    out->in_data = reel__alloc_array((size_t)films, sizeof *out->in_data);
    if (number == NULL || out->in_data == NULL) {
        reel__free(number);
        return NULL;
    }
    for (reel_index film = 0; film < films; film++) {
        const reel_movie movie = reel_dataset_movie(dataset, film);

        number[film] = -1;
        if (reel__part_has(part, &movie)) {
            out->in_data[out->films] = film;
            number[film] = out->films++;
        }
    }
    return number;
}

/* The ratings its films have. */
static size_t count_ratings(const reel_part_arrays *out, const reel_dataset *dataset)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);
    size_t count = 0;

    for (reel_index i = 0; i < out->films; i++)
        count += (size_t)(raters.ptr[out->in_data[i] + 1] - raters.ptr[out->in_data[i]]);
    return count;
}

static bool make_arrays(reel_part_arrays *out, size_t ratings, size_t people)
{
    out->given_ptr = reel__alloc_array(people + 1, sizeof *out->given_ptr);
    out->raters_ptr = reel__alloc_array((size_t)out->films + 1, sizeof *out->raters_ptr);
    out->given_col = reel__alloc_array(ratings, sizeof *out->given_col);
    out->raters_col = reel__alloc_array(ratings, sizeof *out->raters_col);
    out->given_val = reel__alloc_array(ratings, sizeof *out->given_val);
    out->raters_val = reel__alloc_array(ratings, sizeof *out->raters_val);
    out->times = reel__alloc_array(ratings, sizeof *out->times);
    out->person_ids = reel__alloc_array(people, sizeof *out->person_ids);
    return out->given_ptr != NULL && out->raters_ptr != NULL && out->given_col != NULL &&
           out->raters_col != NULL && out->given_val != NULL && out->raters_val != NULL &&
           out->times != NULL && out->person_ids != NULL;
}

/* Each person's ratings of its films; in person_number[people] their number, -1 = none of them. */
static void take_given(reel_part_arrays *out, const reel_dataset *dataset,
                       const reel_index *film_number, reel_index *person_number)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const int64_t *times = reel_dataset_times(dataset), *ids = reel_dataset_person_ids(dataset);
    reel_nnz at = 0;

    out->given_ptr[0] = 0;
    for (reel_index person = 0; person < ratings.rows; person++) {
        for (reel_nnz i = ratings.ptr[person]; i < ratings.ptr[person + 1]; i++) {
            if (film_number[ratings.col[i]] < 0)
                continue;
            out->given_col[at] = film_number[ratings.col[i]];
            out->given_val[at] = ratings.val[i];
            out->times[at++] = times[i];
        }
        person_number[person] = -1;
        if (at > out->given_ptr[out->people]) {
            out->person_ids[out->people] = ids[person];
            person_number[person] = out->people;
            out->given_ptr[++out->people] = at;
        }
    }
}

static void take_raters(reel_part_arrays *out, const reel_dataset *dataset,
                        const reel_index *person_number)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);
    reel_nnz at = 0;

    out->raters_ptr[0] = 0;
    for (reel_index film = 0; film < out->films; film++) {
        const reel_index in_data = out->in_data[film];

        for (reel_nnz i = raters.ptr[in_data]; i < raters.ptr[in_data + 1]; i++) {
            out->raters_col[at] = person_number[raters.col[i]];
            out->raters_val[at++] = raters.val[i];
        }
        out->raters_ptr[film + 1] = at;
    }
}

reel_code reel__part_take(reel_part_arrays *out, const reel_dataset *dataset, const reel_part *part,
                          reel_err *err)
{
    const size_t people = (size_t)reel_dataset_people(dataset);
    reel_index *film_number, *person_number;
    reel_code rc = REEL_OK;

    *out = (reel_part_arrays){0};
    film_number = number_films(out, dataset, part);
    person_number = reel__alloc_array(people, sizeof *person_number);
    if (film_number == NULL || person_number == NULL ||
        !make_arrays(out, count_ratings(out, dataset), people)) {
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory for the ratings of %d films",
                       (int)out->films);
    } else {
        take_given(out, dataset, film_number, person_number);
        take_raters(out, dataset, person_number);
    }
    reel__free(film_number);
    reel__free(person_number);
    return rc;
}

void reel__part_fini(reel_part_arrays *arrays)
{
    reel__free(arrays->given_ptr);
    reel__free(arrays->raters_ptr);
    reel__free(arrays->given_col);
    reel__free(arrays->raters_col);
    reel__free(arrays->given_val);
    reel__free(arrays->raters_val);
    reel__free(arrays->times);
    reel__free(arrays->person_ids);
    reel__free(arrays->in_data);
    *arrays = (reel_part_arrays){0};
}
