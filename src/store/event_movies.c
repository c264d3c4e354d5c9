/* event_movies.c - the films of an event to text and back. */
#include "store/event_movies.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

enum { MOVIES_DEPTH = 2 };

void reel__event_movies_write(reel_buf *out, const reel_event *event)
{
    reel_json json;

    reel__buf_clear(out);
    reel__json_init(&json, out);
    reel__json_array(&json);
    for (size_t i = 0; i < event->movie_count; i++) {
        reel__json_array(&json);
        reel__json_int(&json, event->movies[i].movie);
        reel__json_int(&json, event->movies[i].rank);
        reel__json_array_end(&json);
    }
    reel__json_array_end(&json);
}

/* False when the value is not what is written above. */
static bool decode_movies(reel_event_movie *out, size_t *count, const json_t *list)
{
    const size_t size = json_array_size(list);

    if (!json_is_array(list) || size > REEL_EVENT_MOVIES_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        const json_t *pair = json_array_get(list, i);
        const json_t *movie = json_array_get(pair, 0), *rank = json_array_get(pair, 1);
        const json_int_t place = json_integer_value(rank);

        if (json_array_size(pair) != 2 || !json_is_integer(movie) || !json_is_integer(rank) ||
            place < INT32_MIN || place > INT32_MAX)
            return false;
        out[i] = (reel_event_movie){json_integer_value(movie), (int32_t)place};
    }
    *count = size;
    return true;
}

reel_code reel__event_movies_read(reel_event_movie out[REEL_EVENT_MOVIES_MAX], size_t *count,
                                  const char *text, reel_err *err)
{
    json_t *list = NULL;
    reel_code rc = REEL_OK;

    *count = 0;
    rc = reel__json_parse(&list, text, strlen(text), MOVIES_DEPTH, err);
    if (rc == REEL_E_NOMEM)
        return rc;
    if (rc != REEL_OK || !decode_movies(out, count, list))
        rc = reel_fail(err, REEL_E_FORMAT, "films \"%.60s\" are not [[movie, rank], ...]", text);
    json_decref(list);
    return rc;
}

bool reel__event_is_sound(const reel_event *event)
{
    const char *const texts[] = {event->event_id, event->type,    event->visitor, event->method,
                                 event->model_id, event->list_id, event->scenario};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] == NULL || !reel__utf8_valid(texts[i], strlen(texts[i])))
            return false;
    return !event->damaged;
}

reel_code reel__event_movies_take(reel_event *event, reel_event_movie movies[REEL_EVENT_MOVIES_MAX],
                                  const char *text, reel_err *err)
{
    reel_err why = {REEL_OK, ""};
    const reel_code rc =
        reel__event_movies_read(movies, &event->movie_count, text == NULL ? "" : text, &why);

    event->movies = movies;
    event->damaged = rc == REEL_E_FORMAT;
    if (event->damaged)
        event->movie_count = 0;
    return rc == REEL_OK || event->damaged ? REEL_OK : reel_fail(err, rc, "%s", why.msg);
}
