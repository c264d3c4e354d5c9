/* fields.c - the one table of what an expression may speak of. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "rules/expression_priv.h"

typedef struct known_field {
    reel_expression_field public;
    const char *other_name;
    reel_field_type type;
} known_field;

enum {
    YEAR,
    DECADE,
    RUNTIME,
    RATING,
    RATINGS,
    VOTE_AVERAGE,
    VOTE_COUNT,
    POPULARITY,
    MOVIE,
    TITLE,
    ORIGINAL_TITLE,
    LANGUAGE,
    RELEASE_DATE,
    OVERVIEW,
    GENRE,
    KEYWORD,
    CAST,
    DIRECTOR,
    TAG,
    FIELDS
};

static const known_field fields[FIELDS] = {
    [YEAR] = {{"year", "number", "year of release"}, NULL, FIELD_NUMBER},
    [DECADE] = {{"decade", "number", "its decade: 1990"}, NULL, FIELD_NUMBER},
    [RUNTIME] = {{"runtime", "number", "minutes"}, NULL, FIELD_NUMBER},
    [RATING] = {{"rating", "number", "mean of people's ratings"}, NULL, FIELD_NUMBER},
    [RATINGS] = {{"ratings", "number", "how many people rated it"}, NULL, FIELD_NUMBER},
    [VOTE_AVERAGE] = {{"vote_average", "number", "TMDb's mean, 0 to 10"}, NULL, FIELD_NUMBER},
    [VOTE_COUNT] = {{"vote_count", "number", "TMDb's number of votes"}, NULL, FIELD_NUMBER},
    [POPULARITY] = {{"popularity", "number", "TMDb's popularity"}, NULL, FIELD_NUMBER},
    [MOVIE] = {{"movie", "number", "the film's id"}, "id", FIELD_NUMBER},
    [TITLE] = {{"title", "text", "title"}, NULL, FIELD_TEXT},
    [ORIGINAL_TITLE] = {{"original_title", "text", "title in its own language"}, NULL, FIELD_TEXT},
    [LANGUAGE] = {{"language", "text", "ISO 639-1 code: en"}, NULL, FIELD_TEXT},
    [RELEASE_DATE] = {{"release_date", "text", "ISO 8601 date"}, NULL, FIELD_TEXT},
    [OVERVIEW] = {{"overview", "text", "what happens in it"}, NULL, FIELD_TEXT},
    [GENRE] = {{"genre", "list", "genres"}, "genres", FIELD_LIST},
    [KEYWORD] = {{"keyword", "list", "TMDb's keywords"}, "keywords", FIELD_LIST},
    [CAST] = {{"cast", "list", "leading actors"}, "actor", FIELD_LIST},
    [DIRECTOR] = {{"director", "list", "directors"}, "directors", FIELD_LIST},
    [TAG] = {{"tag", "list", "people's tags"}, "tags", FIELD_LIST},
};

const reel_expression_field *reel__expression_field_at(size_t index)
{
    return index < FIELDS ? &fields[index].public : NULL;
}

static bool is_name(const char *name, const char *text, size_t length)
{
    return name != NULL && strlen(name) == length && strncasecmp(name, text, length) == 0;
}

int reel__field_find(const char *name, size_t length)
{
    for (int i = 0; i < FIELDS; i++)
        if (is_name(fields[i].public.name, name, length) ||
            is_name(fields[i].other_name, name, length))
            return i;
    return -1;
}

reel_field_type reel__field_type(int field)
{
    return fields[field].type;
}

static double positive(double value)
{
    return value > 0 ? value : (double)NAN;
}

double reel__field_number(int field, const reel_film *film)
{
    const reel_movie *m = film->movie;

    switch (field) {
    case YEAR:
        return positive(m->year);
    case DECADE:
        return positive(m->year - m->year % 10);
    case RUNTIME:
        return positive(m->runtime);
    case RATING:
        return film->rating;
    case RATINGS:
        return (double)film->ratings;
    case VOTE_AVERAGE:
        return (double)m->vote_average;
    case VOTE_COUNT:
        return (double)m->vote_count;
    case POPULARITY:
        return (double)m->popularity;
    default:
        return (double)m->id;
    }
}

const char *reel__field_text(int field, const reel_film *film)
{
    const reel_movie *m = film->movie;

    switch (field) {
    case TITLE:
        return m->name;
    case ORIGINAL_TITLE:
        return m->original_title;
    case LANGUAGE:
        return m->language;
    case RELEASE_DATE:
        return m->release_date;
    case OVERVIEW:
        return m->overview;
    case GENRE:
        return m->genres;
    case KEYWORD:
        return m->keywords;
    case CAST:
        return m->cast;
    case DIRECTOR:
        return m->directors;
    default:
        return m->tags;
    }
}
