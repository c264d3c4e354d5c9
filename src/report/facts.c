/* facts.c - see facts.h. */
#include "report/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* ---- order --------------------------------------------------------------------------------- */

static int by_key(const void *left, const void *right)
{
    const reel_ranked *a = left, *b = right;

    if (a->key > b->key || a->key < b->key)
        return a->key > b->key ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

void reel__rank(reel_ranked *items, size_t count)
{
    qsort(items, count, sizeof *items, by_key);
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

void reel__sort_numbers(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
}

double reel__quantile(const double *sorted, size_t count, double share)
{
    const double at = share * (double)(count > 0 ? count - 1 : 0);
    const size_t below = (size_t)at;

    if (count == 0)
        return (double)NAN;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* ---- the facts ----------------------------------------------------------------------------- */

reel_movie reel__facts_movie(const reel_facts *facts, reel_index film)
{
    return reel_dataset_movie(facts->dataset,
                              facts->part.in_data == NULL ? film : facts->part.in_data[film]);
}

int64_t reel__film_count(const reel_facts *facts, reel_index film)
{
    const reel_csr_view raters = facts->raters;

    return raters.ptr[film + 1] - raters.ptr[film];
}

int64_t reel__person_count(const reel_facts *facts, reel_index person)
{
    const reel_csr_view ratings = facts->given;

    return ratings.ptr[person + 1] - ratings.ptr[person];
}

const char *reel__film_name(char out[REEL_FILM_NAME], const reel_facts *facts, reel_index film)
{
    const reel_movie movie = reel__facts_movie(facts, film);

    if (movie.year > 0)
        (void)snprintf(out, REEL_FILM_NAME, "%.480s (%d)", movie.name, movie.year);
    else
        (void)snprintf(out, REEL_FILM_NAME, "%.500s", movie.name);
    return out;
}

/* Means in the order of the films, so that the sum of all is the same every time. */
static void find_means(reel_facts *facts)
{
    const reel_csr_view raters = facts->raters;
    double all = 0;

    for (reel_index film = 0; film < facts->films; film++) {
        const int64_t count = reel__film_count(facts, film);
        double sum = 0;

        for (reel_nnz i = raters.ptr[film]; i < raters.ptr[film + 1]; i++)
            sum += (double)raters.val[i];
        facts->film_means[film] = count > 0 ? sum / (double)count : (double)NAN;
        facts->by_films[film] = (reel_ranked){(double)count, film};
        facts->ratings += count;
        all += sum;
    }
    facts->mean = facts->ratings > 0 ? all / (double)facts->ratings : (double)NAN;
    for (reel_index person = 0; person < facts->people; person++) {
        facts->by_people[person] = (reel_ranked){(double)reel__person_count(facts, person), person};
        facts->genders.of[person] = facts->occupations.of[person] = -1;
    }
    reel__rank(facts->by_films, (size_t)facts->films);
    reel__rank(facts->by_people, (size_t)facts->people);
}

static bool has_times(const reel_facts *facts)
{
    const int64_t *times = facts->times;

    for (int64_t i = 0; i < facts->ratings; i++)
        if (times[i] > 0)
            return true;
    return false;
}

static bool make_arrays(reel_facts *facts)
{
    const size_t films = (size_t)facts->films, people = (size_t)facts->people;

    facts->film_means = reel__alloc_array(films, sizeof *facts->film_means);
    facts->by_films = reel__alloc_array(films, sizeof *facts->by_films);
    facts->by_people = reel__alloc_array(people, sizeof *facts->by_people);
    facts->ages = reel__alloc_zero(people, sizeof *facts->ages);
    facts->genders.of = reel__alloc_array(people, sizeof *facts->genders.of);
    facts->occupations.of = reel__alloc_array(people, sizeof *facts->occupations.of);
    return facts->film_means != NULL && facts->by_films != NULL && facts->by_people != NULL &&
           facts->ages != NULL && facts->genders.of != NULL && facts->occupations.of != NULL;
}

static void read_whole(reel_facts *facts)
{
    facts->given = reel_dataset_ratings(facts->dataset);
    facts->raters = reel_dataset_raters(facts->dataset);
    facts->times = reel_dataset_times(facts->dataset);
    facts->person_ids = reel_dataset_person_ids(facts->dataset);
}

static reel_code read_part(reel_facts *facts, const reel_part *part, reel_err *err)
{
    reel_part_arrays *own = &facts->part;
    reel_code rc = reel__part_take(own, facts->dataset, part, err);

    facts->given = (reel_csr_view){.rows = own->people,
                                   .cols = own->films,
                                   .ptr = own->given_ptr,
                                   .col = own->given_col,
                                   .val = own->given_val};
    facts->raters = (reel_csr_view){.rows = own->films,
                                    .cols = own->people,
                                    .ptr = own->raters_ptr,
                                    .col = own->raters_col,
                                    .val = own->raters_val};
    facts->times = own->times;
    facts->person_ids = own->person_ids;
    return rc;
}

reel_code reel__facts_new(reel_facts **out, const reel_dataset *dataset, const reel_part *part,
                          reel_err *err)
{
    reel_facts *facts = reel__alloc_zero(1, sizeof *facts);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (facts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for an analysis");
    facts->dataset = dataset;
    if (part == NULL || reel__part_is_whole(part))
        read_whole(facts);
    else
        REEL_TRY(read_part(facts, part, err));
    facts->people = facts->given.rows;
    facts->films = facts->raters.rows;
    if (!make_arrays(facts)) {
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory to analyse %d people and %d films",
                       (int)facts->people, (int)facts->films);
        goto out;
    }
    find_means(facts);
    facts->dated = has_times(facts);
    *out = facts;
    facts = NULL;
out:
    reel__facts_free(facts);
    return rc;
}

static void free_labels(reel_labels *labels)
{
    for (int i = 0; i < labels->count; i++)
        reel__free(labels->names[i]);
    reel__free(labels->of);
}

void reel__facts_free(reel_facts *facts)
{
    if (facts == NULL)
        return;
    free_labels(&facts->genders);
    free_labels(&facts->occupations);
    reel__part_fini(&facts->part);
    reel__free(facts->film_means);
    reel__free(facts->by_films);
    reel__free(facts->by_people);
    reel__free(facts->ages);
    reel__free(facts);
}

/* ---- people -------------------------------------------------------------------------------- */

static reel_code put_label(reel_labels *labels, reel_index person, const char *name, reel_err *err)
{
    int at = 0;

    if (name[0] == '\0')
        return REEL_OK;
    while (at < labels->count && strcmp(labels->names[at], name) != 0)
        at++;
    if (at == REEL_LABELS_MOST)
        at--;
    if (at == labels->count) {
        labels->names[at] = reel__strdup(at == REEL_LABELS_MOST - 1 ? "all others" : name);
        if (labels->names[at] == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory for what is known of people");
        labels->count++;
    }
    labels->of[person] = at;
    return REEL_OK;
}

static reel_index find_person(const reel_facts *facts, int64_t id)
{
    reel_index low = 0, high = facts->people;

    while (low < high) {
        const reel_index middle = low + (high - low) / 2;

        if (facts->person_ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < facts->people && facts->person_ids[low] == id ? low : -1;
}

reel_code reel__facts_put_person(reel_facts *facts, int64_t id, int32_t age, const char *gender,
                                 const char *occupation, reel_err *err)
{
    const reel_index person = find_person(facts, id);
    reel_code rc = REEL_OK;

    if (person < 0)
        return REEL_OK;
    facts->ages[person] = age;
    REEL_TRY(put_label(&facts->genders, person, gender, err));
    REEL_TRY(put_label(&facts->occupations, person, occupation, err));
out:
    return rc;
}
