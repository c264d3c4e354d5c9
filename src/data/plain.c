/* plain.c - a film without what TMDb says of it. */
#include <math.h>

#include "data/builder_priv.h"
#include "data/readers.h"

reel_movie reel__movie_plain(const reel_movie *movie)
{
    return (reel_movie){.id = movie->id,
                        .imdb_id = movie->imdb_id,
                        .tmdb_id = movie->tmdb_id,
                        .title = movie->title,
                        .name = movie->name,
                        .genres = movie->genres,
                        .overview = "",
                        .tagline = "",
                        .keywords = "",
                        .cast = "",
                        .directors = "",
                        .tags = movie->tags,
                        .original_title = "", /* one in the title's brackets is still there */
                        .language = "",
                        .release_date = "",
                        .poster_path = "",
                        .backdrop_path = "",
                        .trailer_key = "",
                        .year = movie->year,
                        .vote_average = NAN,
                        .popularity = NAN};
}

void reel__dataset_builder_plain(reel_dataset_builder *builder)
{
    builder->plain = true;
}
