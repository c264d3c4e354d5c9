/* routes.c - the table of everything the server answers, and how a request finds its row. */
#include "http/routes.h"

#include <stdio.h>
#include <string.h>

static const reel_route routes[] = {
    {"GET", "/livez", reel__handle_live, "whether the process answers", REEL_DOOR_BOTH},
    {"GET", "/readyz", reel__handle_ready, "whether it can serve", REEL_DOOR_BOTH},
    {"GET", "/health", reel__handle_ok, "{\"status\":\"ok\"}", REEL_DOOR_BOTH},
    {"GET", "/metrics", reel__handle_metrics, "what it counts, for Prometheus", REEL_DOOR_ADMIN},
    {"GET", "/api/v1/health", reel__handle_health, "what is loaded"},
    {"GET", "/api/v1/movies", reel__handle_movies, "search as you type; the most rated films"},
    {"GET", "/api/v1/movies/{id}", reel__handle_movie, "one film, all facts"},
    {"GET", "/api/v1/movies/{id}/similar", reel__handle_similar, "films like this one"},
    {"GET", "/api/v1/movies/{id}/poster.svg", reel__handle_poster, "the generated poster"},
    {"GET", "/api/v1/charts", reel__handle_charts, "the charts there are"},
    {"GET", "/api/v1/charts/{token}", reel__handle_chart, "films by fame, rating, time or year"},
    {"GET", "/posters/w92/{id}", reel__handle_photo, "a photographed poster"},
    {"GET", "/posters/w154/{id}", reel__handle_photo, "the same, larger"},
    {"GET", "/posters/w342/{id}", reel__handle_photo, "the same, larger"},
    {"GET", "/posters/w500/{id}", reel__handle_photo, "the same, larger"},
    {"GET", "/api/v1/people", reel__handle_people, "people of the data set"},
    {"GET", "/api/v1/people/{id}", reel__handle_person, "one person"},
    {"GET", "/api/v1/people/{id}/ratings", reel__handle_person_ratings,
     "their ratings, best first"},
    {"GET", "/api/v1/people/{id}/similar", reel__handle_person_similar, "people of similar taste"},
    {"GET", "/api/v1/recommendations", reel__handle_recommend_get, "a list for a person"},
    {"POST", "/api/v1/recommendations", reel__handle_recommend_post,
     "a list for a person or an anonymous history"},
    {"GET", "/api/v1/recommendations/{token}/next", reel__handle_recommend_next,
     "how a list goes on"},
    {"POST", "/api/v1/explanations", reel__handle_explain, "why one film"},
    {"GET", "/api/v1/feedback", reel__handle_feedback_log, "the feedback log, newest first"},
    {"POST", "/api/v1/feedback", reel__handle_feedback_post, "keep events"},
    {"GET", "/api/v1/models", reel__handle_models, "the models in service"},
    {"GET", "/api/v1/licenses", reel__handle_licenses, "notices of everything embedded"},
};

enum { ROUTES = sizeof routes / sizeof *routes };

const reel_route *reel__route_at(size_t index)
{
    return index < ROUTES ? &routes[index] : NULL;
}

/* As many digits as an id of the data may have. */
static bool read_id(const char *digits, size_t count, int64_t *id)
{
    int64_t value = 0;

    for (size_t i = 0; i < count; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digits[i] - '0', &value))
            return false;
    *id = value;
    return count > 0;
}

static const char token_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_";

/* What stands in a path where the pattern has a name; its end, or NULL. */
static const char *take_part(const char *pattern, const char *path, reel_route_parts *parts)
{
    size_t length = strspn(path, "0123456789");

    if (strncmp(pattern, "{id}", 4) == 0)
        return read_id(path, length, &parts->id) ? path + length : NULL;
    length = strspn(path, token_letters);
    parts->token = path;
    parts->token_length = length;
    return length > 0 ? path + length : NULL;
}

static bool path_fits(const char *pattern, const char *path, reel_route_parts *parts)
{
    while (*pattern != '\0') {
        if (*pattern == '{') {
            path = take_part(pattern, path, parts);
            pattern = strchr(pattern, '}') + 1;
            if (path == NULL)
                return false;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

const reel_route *reel__route_find(reel_door door, const char *method, const char *path,
                                   reel_route_parts *parts)
{
    size_t used = 0;

    *parts = (reel_route_parts){0};
    for (size_t i = 0; i < ROUTES; i++) {
        const size_t left = sizeof parts->allow - used;
        int written;

        if ((routes[i].door != REEL_DOOR_BOTH && routes[i].door != door) ||
            !path_fits(routes[i].path, path, parts))
            continue;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
        written =
            snprintf(parts->allow + used, left, "%s%s", used > 0 ? ", " : "", routes[i].method);
        used += written > 0 && (size_t)written < left ? (size_t)written : 0;
    }
    return NULL;
}
