/* catalogue.c - films and people that own their texts. */
#include "data/catalogue_priv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "data/dataset_priv.h"
#include "data/title_priv.h"

enum { BLOCK_BYTES = 1 << 16, WORK_MAXIMUM = 1 << 20 };

struct catalogue_block {
    struct catalogue_block *next;
    size_t size;
    char text[];
};

const reel_movie reel__movie_blank = {
    .title = "",
    .name = "",
    .genres = "",
    .overview = "",
    .tagline = "",
    .keywords = "",
    .cast = "",
    .directors = "",
    .tags = "",
    .original_title = "",
    .language = "",
    .release_date = "",
    .poster_path = "",
    .backdrop_path = "",
    .trailer_key = "",
    .vote_average = NAN,
    .popularity = NAN,
};

reel_code reel__catalogue_new(reel_catalogue **out, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_catalogue *catalogue = reel__alloc_zero(1, sizeof *catalogue);

    *out = NULL;
    if (catalogue == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a catalogue");
    reel__buf_init(&catalogue->work, WORK_MAXIMUM);
    REEL_TRY(reel__map_new(&catalogue->ids, 1024, err));
    *out = catalogue;
    catalogue = NULL;
out:
    reel__catalogue_free(catalogue);
    return rc;
}

void reel__catalogue_free(reel_catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    while (catalogue->blocks != NULL) {
        struct catalogue_block *next = catalogue->blocks->next;

        reel__free(catalogue->blocks);
        catalogue->blocks = next;
    }
    reel__free(catalogue->movies);
    reel__free(catalogue->people);
    reel__free(catalogue->joined);
    reel__free(catalogue->verdicts);
    reel__map_free(catalogue->ids);
    reel__buf_fini(&catalogue->work);
    reel__free(catalogue);
}

size_t reel__catalogue_movies(const reel_catalogue *catalogue)
{
    return catalogue->movies_count;
}

const reel_movie *reel__catalogue_movie(const reel_catalogue *catalogue, size_t index)
{
    return &catalogue->movies[index];
}

size_t reel__catalogue_people(const reel_catalogue *catalogue)
{
    return catalogue->people_count;
}

const reel_reader_person *reel__catalogue_person(const reel_catalogue *catalogue, size_t index)
{
    return &catalogue->people[index];
}

const char *reel__catalogue_label(const reel_catalogue *catalogue)
{
    return catalogue->label;
}

/* ---- texts --------------------------------------------------------------------------------- */

reel_code reel__catalogue_keep(reel_catalogue *catalogue, const char **out, const char *text,
                               size_t length, reel_err *err)
{
    struct catalogue_block *block = catalogue->blocks;
    char *copy = NULL;

    *out = "";
    if (length == 0)
        return REEL_OK;
    if (block == NULL || block->size - catalogue->block_used < length + 1) {
        const size_t size = length + 1 > BLOCK_BYTES ? length + 1 : BLOCK_BYTES;

        block = reel__alloc_array(sizeof *block + size, 1);
        if (block == NULL)
            return reel_fail(err, REEL_E_NOMEM, "no memory for the texts of a catalogue");
        *block = (struct catalogue_block){.next = catalogue->blocks, .size = size};
        catalogue->blocks = block;
        catalogue->block_used = 0;
    }
    copy = block->text + catalogue->block_used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    catalogue->block_used += length + 1;
    *out = copy;
    return REEL_OK;
}

reel_code reel__catalogue_text(reel_catalogue *catalogue, const char **out, reel_slice field,
                               reel_err *err)
{
    reel_code rc = REEL_OK;

    field = reel__slice_trim(field);
    reel__buf_clear(&catalogue->work);
    reel__utf8_from_any(&catalogue->work, field.text, field.length);
    REEL_TRY(reel__buf_check(&catalogue->work, err));
    REEL_TRY(
        reel__catalogue_keep(catalogue, out, catalogue->work.data, catalogue->work.length, err));
out:
    return rc;
}

reel_code reel__catalogue_genres(reel_catalogue *catalogue, const char **out, reel_slice field,
                                 reel_err *err)
{
    if (reel__slice_is(reel__slice_trim(field), "(no genres listed)"))
        field.length = 0;
    return reel__catalogue_text(catalogue, out, field, err);
}

/* ---- records ------------------------------------------------------------------------------- */

reel_movie *reel__catalogue_find(const reel_catalogue *catalogue, int64_t id)
{
    int64_t index = 0;

    return reel__map_get(catalogue->ids, id, &index) ? &catalogue->movies[index] : NULL;
}

size_t reel__catalogue_index(const reel_catalogue *catalogue, int64_t id)
{
    int64_t index = 0;

    return reel__map_get(catalogue->ids, id, &index) ? (size_t)index : SIZE_MAX;
}

static reel_code grow_movies(reel_catalogue *catalogue, reel_err *err)
{
    const size_t wanted = catalogue->movies_capacity == 0 ? 256 : catalogue->movies_capacity * 2;
    reel_movie *movies = NULL;

    if (catalogue->movies_count < catalogue->movies_capacity)
        return REEL_OK;
    movies = reel__realloc_array(catalogue->movies, wanted, sizeof *movies);
    if (movies == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu movies", wanted);
    catalogue->movies = movies;
    catalogue->movies_capacity = wanted;
    return REEL_OK;
}

/* name, original_title and year out of the title */
static reel_code split_title(reel_catalogue *catalogue, reel_movie *movie, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_buf other;

    reel__buf_init(&other, WORK_MAXIMUM);
    reel__buf_clear(&catalogue->work);
    reel__title_split(movie->title, strlen(movie->title), &catalogue->work, &other, &movie->year);
    REEL_TRY(reel__buf_check(&catalogue->work, err));
    REEL_TRY(reel__buf_check(&other, err));
    REEL_TRY(reel__catalogue_keep(catalogue, &movie->name, catalogue->work.data,
                                  catalogue->work.length, err));
    REEL_TRY(
        reel__catalogue_keep(catalogue, &movie->original_title, other.data, other.length, err));
out:
    reel__buf_fini(&other);
    return rc;
}

reel_code reel__catalogue_add(reel_catalogue *catalogue, reel_movie **out, int64_t id,
                              reel_slice title, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_movie movie = reel__movie_blank;

    *out = NULL;
    movie.id = id;
    if (reel__catalogue_find(catalogue, id) != NULL)
        return REEL_E_CONFLICT;
    REEL_TRY(reel__catalogue_text(catalogue, &movie.title, title, err));
    REEL_TRY(split_title(catalogue, &movie, err));
    REEL_TRY(grow_movies(catalogue, err));
    REEL_TRY(reel__map_put(catalogue->ids, id, (int64_t)catalogue->movies_count, err));
    *out = &catalogue->movies[catalogue->movies_count++];
    **out = movie;
out:
    return rc;
}

const reel_joined *reel__catalogue_joined(const reel_catalogue *catalogue, size_t index)
{
    return catalogue->joined == NULL ? NULL : &catalogue->joined[index];
}

static reel_code copy_movie(reel_catalogue *catalogue, reel_movie movie, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const char **text = (const char **)((char *)&movie + reel__dataset_text_fields[i]);

        REEL_TRY(reel__catalogue_keep(catalogue, text, *text, strlen(*text), err));
    }
    REEL_TRY(grow_movies(catalogue, err));
    REEL_TRY(reel__map_put(catalogue->ids, movie.id, (int64_t)catalogue->movies_count, err));
    catalogue->movies[catalogue->movies_count++] = movie;
out:
    return rc;
}

reel_code reel__catalogue_of_dataset(reel_catalogue **out, const reel_dataset *dataset,
                                     reel_err *err)
{
    reel_catalogue *catalogue = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__catalogue_new(&catalogue, err));
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++)
        REEL_TRY(copy_movie(catalogue, reel_dataset_movie(dataset, i), err));
    *out = catalogue;
    catalogue = NULL;
out:
    reel__catalogue_free(catalogue);
    return rc;
}

reel_code reel__catalogue_add_person(reel_catalogue *catalogue, const reel_reader_person *person,
                                     reel_err *err)
{
    const size_t wanted = catalogue->people_capacity == 0 ? 256 : catalogue->people_capacity * 2;
    reel_reader_person *people = NULL;

    if (catalogue->people_count == catalogue->people_capacity) {
        people = reel__realloc_array(catalogue->people, wanted, sizeof *people);
        if (people == NULL)
            return reel_fail(err, REEL_E_NOMEM, "no memory for %zu people", wanted);
        catalogue->people = people;
        catalogue->people_capacity = wanted;
    }
    catalogue->people[catalogue->people_count++] = *person;
    return REEL_OK;
}

/* ---- plain fields -------------------------------------------------------------------------- */

int reel__fields_split(reel_slice line, const char *separator, reel_slice *fields, int maximum)
{
    const size_t width = strlen(separator);
    int count = 0;

    for (;;) {
        const char *stop = memmem(line.text, line.length, separator, width);

        if (count < maximum)
            fields[count] =
                (reel_slice){line.text, stop == NULL ? line.length : (size_t)(stop - line.text)};
        count++;
        if (stop == NULL || count > maximum)
            return count;
        line.length -= (size_t)(stop - line.text) + width;
        line.text = stop + width;
    }
}
