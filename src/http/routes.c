/* routes.c - the table of everything the server answers, and how a request finds its row. */
#include "http/routes.h"

#include <stdio.h>
#include <string.h>

#define LIST_QUERY "model limit reasons seen filter boost diversity novelty calibrate"

static const reel_route routes[] = {
    {"GET", "/livez", reel__handle_live, "live", NULL, NULL, NULL, "whether the process answers",
     REEL_DOOR_BOTH},
    {"GET", "/readyz", reel__handle_ready, "ready", "verbose", NULL, NULL, "whether it can serve",
     REEL_DOOR_BOTH},
    {"GET", "/health", reel__handle_ok, "ok", NULL, NULL, "Status",
     "that it lives, as older clients ask", REEL_DOOR_BOTH},
    {"GET", "/metrics", reel__handle_metrics, "metrics", NULL, NULL, NULL,
     "what it counts, for Prometheus", REEL_DOOR_ADMIN},
    {"GET", "/api/v1/health", reel__handle_health, "getHealth", NULL, NULL, "Health",
     "what is loaded"},
    {"GET", "/api/v1/movies", reel__handle_movies, "searchMovies", "q limit cursor", NULL,
     "FoundPage", "search as you type; the most rated films"},
    {"GET", "/api/v1/movies/{id}", reel__handle_movie, "getMovie", NULL, NULL, "MovieFacts",
     "one film, all facts"},
    {"GET", "/api/v1/movies/{id}/similar", reel__handle_similar, "getSimilarMovies", LIST_QUERY,
     NULL, "List", "films like this one"},
    {"GET", "/api/v1/movies/{id}/poster.svg", reel__handle_poster, "getPoster", NULL, NULL, NULL,
     "the generated poster"},
    {"GET", "/api/v1/charts", reel__handle_charts, "listCharts", NULL, NULL, "ChartList",
     "the charts there are"},
    {"GET", "/api/v1/charts/{chart}", reel__handle_chart, "getChart", "filter limit cursor", NULL,
     "Chart", "films by fame, rating, time or year"},
    {"GET", "/posters/w92/{id}", reel__handle_photo, NULL, NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/posters/w154/{id}", reel__handle_photo, NULL, NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/posters/w342/{id}", reel__handle_photo, "getPhoto", NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/posters/w500/{id}", reel__handle_photo, NULL, NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/api/v1/people", reel__handle_people, "listPeople", "q limit cursor", NULL,
     "PersonPage", "people of the data set"},
    {"GET", "/api/v1/people/{id}", reel__handle_person, "getPerson", NULL, NULL, "PersonFacts",
     "one person"},
    {"GET", "/api/v1/people/{id}/ratings", reel__handle_person_ratings, "listRatings",
     "limit cursor", NULL, "RatedPage", "their ratings, best first"},
    {"GET", "/api/v1/people/{id}/similar", reel__handle_person_similar, "getSimilarPeople", "limit",
     NULL, "SimilarPeople", "people of similar taste"},
    {"GET", "/api/v1/recommendations", reel__handle_recommend_get, "getRecommendations",
     "user " LIST_QUERY, NULL, "List", "a list for a person"},
    {"POST", "/api/v1/recommendations", reel__handle_recommend_post, "recommend", NULL,
     "ListRequest", "List", "a list for a person, a history, a household or a film"},
    {"GET", "/api/v1/recommendations/{token}/next", reel__handle_recommend_next,
     "getNextRecommendations", NULL, NULL, "List", "how a list goes on"},
    {"POST", "/api/v1/explanations", reel__handle_explain, "explain", NULL, "ExplanationRequest",
     "Explanation", "why one film"},
    {"GET", "/api/v1/feedback", reel__handle_feedback_log, "listFeedback",
     "method type limit cursor", NULL, "FeedbackPage", "the feedback log, newest first"},
    {"POST", "/api/v1/feedback", reel__handle_feedback_post, "sendFeedback", NULL,
     "FeedbackRequest", "FeedbackTaken", "keep events"},
    {"GET", "/api/v1/models", reel__handle_models, "listModels", NULL, NULL, "ModelList",
     "the models in service"},
    {"GET", "/api/v1/licenses", reel__handle_licenses, "getLicenses", NULL, NULL, NULL,
     "notices of everything embedded"},
    {"GET", "/api/v1/openapi.json", reel__handle_openapi, "getDescription", NULL, NULL, NULL,
     "this API, as OpenAPI 3.1"},
    {"GET", "/api/v1/docs", reel__handle_docs, "getDocs", NULL, NULL, NULL,
     "this API, to be read by people"},
    {"GET", "/movies", reel__handle_prototype_movies, NULL, NULL, NULL, NULL, "every film",
     REEL_DOOR_PROTOTYPE},
    {"GET", "/users", reel__handle_prototype_users, NULL, NULL, NULL, NULL, "every person's id",
     REEL_DOOR_PROTOTYPE},
    {"GET", "/recommendations/content/{movie_id}", reel__handle_prototype_content, NULL, NULL, NULL,
     NULL, "films that share genres", REEL_DOOR_PROTOTYPE},
    {"GET", "/recommendations/collaborative/{user_id}", reel__handle_prototype_collaborative, NULL,
     NULL, NULL, NULL, "what similar people liked", REEL_DOOR_PROTOTYPE},
    {"GET", "/openapi.json", reel__handle_prototype_openapi, NULL, NULL, NULL, NULL,
     "these routes, described", REEL_DOOR_PROTOTYPE},
    {"GET", "/docs", reel__handle_docs, NULL, NULL, NULL, NULL, "the API, to be read by people",
     REEL_DOOR_PROTOTYPE},
    {"GET", "/redoc", reel__handle_docs, NULL, NULL, NULL, NULL, "the API, to be read by people",
     REEL_DOOR_PROTOTYPE},
    {"GET", "/api/v1/docs.css", reel__handle_docs_style, NULL, NULL, NULL, NULL,
     "how that page looks"},
};

enum { ROUTES = sizeof routes / sizeof *routes };

const reel_route *reel__route_at(size_t index)
{
    return index < ROUTES ? &routes[index] : NULL;
}

size_t reel__route_group(const char *path, const char **group)
{
    static const char base[] = "/api/v1/";
    const bool inside = strncmp(path, base, strlen(base)) == 0;

    *group = inside ? path + strlen(base) : "operation";
    return strcspn(*group, "/");
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

const reel_route *reel__route_find(unsigned doors, const char *method, const char *path,
                                   reel_route_parts *parts)
{
    size_t used = 0;

    *parts = (reel_route_parts){0};
    for (size_t i = 0; i < ROUTES; i++) {
        const size_t left = sizeof parts->allow - used;
        int written;

        if ((doors >> routes[i].door & 1) == 0 || !path_fits(routes[i].path, path, parts))
            continue;
        if (strcmp(routes[i].method, method) == 0)
            return &routes[i];
        written =
            snprintf(parts->allow + used, left, "%s%s", used > 0 ? ", " : "", routes[i].method);
        used += written > 0 && (size_t)written < left ? (size_t)written : 0;
    }
    return NULL;
}
