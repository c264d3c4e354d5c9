/* named_number.c - one numbering for the texts of several lists. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/named.h"
#include "data/names.h"

enum { DIGITS = 24 };

typedef enum list_column { COLUMN_PEOPLE, COLUMN_MOVIES } list_column;

static reel_intern **texts_of(reel_named *list, list_column column)
{
    return column == COLUMN_PEOPLE ? &list->people : &list->movies;
}

static int64_t *id_of(reel_rating *rating, list_column column)
{
    return column == COLUMN_PEOPLE ? &rating->person : &rating->movie;
}

/* A list's ids become positions in the texts of all. */
static reel_code add_list(reel_intern *all, reel_named *list, list_column column, reel_err *err)
{
    const reel_intern *own = *texts_of(list, column);
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < list->ratings.count; i++) {
        int64_t *id = id_of(&list->ratings.items[i], column);
        char digits[DIGITS];
        const char *text = digits;
        int32_t place = 0;

        if (own != NULL)
            text = reel__intern_text(own, (int32_t)*id);
        else
            (void)snprintf(digits, sizeof digits, "%" PRId64, *id);
        REEL_TRY(reel__intern_add(all, text, strlen(text), &place, err));
        *id = place;
    }
out:
    return rc;
}

static reel_code number_column(reel_named *const *lists, size_t count, list_column column,
                               reel_err *err)
{
    reel_intern *all = NULL;
    reel_names names = {0};
    int64_t *rank = NULL;
    bool any = false;
    reel_code rc = REEL_OK;

    for (size_t l = 0; l < count; l++)
        any |= *texts_of(lists[l], column) != NULL;
    if (!any)
        return REEL_OK;
    REEL_TRY(reel__intern_new(&all, err));
    for (size_t l = 0; l < count; l++)
        REEL_TRY(add_list(all, lists[l], column, err));
    rank = reel__alloc_array((size_t)reel__intern_count(all), sizeof *rank);
    if (rank == NULL)
        REEL_TRY(
            reel_fail(err, REEL_E_NOMEM, "no memory for %d names", (int)reel__intern_count(all)));
    REEL_TRY(reel__names_sort(&names, rank, all, err));
    for (size_t l = 0; l < count; l++) {
        reel_named *list = lists[l];

        for (size_t i = 0; i < list->ratings.count; i++) {
            int64_t *id = id_of(&list->ratings.items[i], column);

            *id = rank[*id];
        }
        reel__intern_free(*texts_of(list, column));
        *texts_of(list, column) = NULL;
    }
out:
    reel__names_fini(&names);
    reel__free(rank);
    reel__intern_free(all);
    return rc;
}

reel_code reel__named_number(reel_named *const *lists, size_t count, reel_err *err)
{
    const reel_code rc = number_column(lists, count, COLUMN_PEOPLE, err);

    return rc != REEL_OK ? rc : number_column(lists, count, COLUMN_MOVIES, err);
}
