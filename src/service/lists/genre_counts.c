/* genre_counts.c - see genre_counts.h. */
#include "service/lists/genre_counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void count_one(reel_genre_counts *all, reel_genre_count one)
{
    size_t i = 0;

    while (i < all->count && !(all->genre[i].length == one.length &&
                               memcmp(all->genre[i].name, one.name, one.length) == 0))
        i++;
    if (i == REEL_GENRES_MOST)
        return;
    if (i == all->count)
        all->genre[all->count++] = (reel_genre_count){.name = one.name, .length = one.length};
    all->genre[i].ratings += one.ratings;
    all->genre[i].sum += one.sum;
}

void reel__genre_counts_add(reel_genre_counts *all, const char *genres, int64_t ratings, double sum)
{
    while (*genres != '\0') {
        const size_t length = strcspn(genres, "|");

        count_one(all, (reel_genre_count){genres, length, ratings, sum});
        genres += length + (genres[length] == '|');
    }
}

static int by_ratings(const void *a, const void *b)
{
    const reel_genre_count *left = a, *right = b;
    const size_t shorter = left->length < right->length ? left->length : right->length;
    const int order = memcmp(left->name, right->name, shorter);

    if (left->ratings != right->ratings)
        return left->ratings > right->ratings ? -1 : 1;
    return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

void reel__genre_counts_write(reel_json *json, const reel_genre_counts *all)
{
    reel_genre_counts sorted = *all;

    qsort(sorted.genre, sorted.count, sizeof *sorted.genre, by_ratings);
    reel__json_array(json);
    for (size_t i = 0; i < sorted.count; i++) {
        const reel_genre_count *one = &sorted.genre[i];

        reel__json_object(json);
        reel__json_key(json, "genre");
        reel__json_text_n(json, one->name, one->length);
        reel__json_put_int(json, "ratings", one->ratings);
        reel__json_put_real(json, "mean", round(one->sum / (double)one->ratings * 100) / 100);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}
