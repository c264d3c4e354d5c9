/* routes.c - the table of everything the server answers, and how a request finds its row. */
#include "http/routes.h"

#include <stdio.h>
#include <string.h>

#include "base/ids.h"

#define LIST_QUERY                                                                                 \
    "user model limit reasons explain seen exclude scenario visitor filter boost diversity "       \
    "novelty "                                                                                     \
    "calibrate"

static const reel_route routes[] = {
    {"GET", "/livez", reel__handle_live, REEL_NEED_NOTHING, "live", NULL, NULL, NULL,
     "whether the process answers", REEL_DOOR_BOTH},
    {"GET", "/readyz", reel__handle_ready, REEL_NEED_NOTHING, "ready", "verbose", NULL, NULL,
     "whether it can serve", REEL_DOOR_BOTH},
    {"GET", "/health", reel__handle_ok, REEL_NEED_NOTHING, "ok", NULL, NULL, "Status",
     "that it lives, as older clients ask", REEL_DOOR_BOTH},
    {"GET", "/metrics", reel__handle_metrics, REEL_NEED_NOTHING, "metrics", NULL, NULL, NULL,
     "what it counts, for Prometheus", REEL_DOOR_ADMIN},
    {"GET", "/api/v1/health", reel__handle_health, REEL_NEED_READ, "getHealth", NULL, NULL,
     "Health", "what is loaded"},
    {"GET", "/api/v1/movies", reel__handle_movies, REEL_NEED_READ, "searchMovies",
     "q filter limit cursor", NULL, "FoundPage", "search as you type; the most rated films"},
    {"GET", "/api/v1/movies/{id}", reel__handle_movie, REEL_NEED_READ, "getMovie", "user", NULL,
     "MovieFacts", "one film, all facts"},
    {"PUT", "/api/v1/movies/{id}", reel__handle_film_put, REEL_NEED_ITEMS, "putMovie", NULL, "Film",
     "FilmPut", "put a film there, in the place of what is"},
    {"PATCH", "/api/v1/movies/{id}", reel__handle_film_patch, REEL_NEED_ITEMS, "patchMovie", NULL,
     "FilmPatch", "FilmPut", "change a film"},
    {"DELETE", "/api/v1/movies/{id}", reel__handle_film_delete, REEL_NEED_ITEMS, "deleteMovie",
     NULL, NULL, NULL, "take a film away"},
    {"POST", "/api/v1/movies:batch", reel__handle_films_batch, REEL_NEED_ITEMS, "putMovies", NULL,
     "application/x-ndjson", "FilmBatch", "put many films, one a line", REEL_DOOR_PUBLIC, 0,
     REEL_REPEAT_ONCE},
    {"GET", "/api/v1/movies/{id}/similar", reel__handle_similar, REEL_NEED_RECOMMEND,
     "getSimilarMovies", LIST_QUERY, NULL, "List",
     "films like this one; with user in the order that suits them"},
    {"GET", "/api/v1/movies/{id}/poster.svg", reel__handle_poster, REEL_NEED_NOTHING, "getPoster",
     NULL, NULL, NULL, "the generated poster"},
    {"GET", "/api/v1/charts", reel__handle_charts, REEL_NEED_READ, "listCharts", NULL, NULL,
     "ChartList", "the charts there are"},
    {"GET", "/api/v1/charts/{chart}", reel__handle_chart, REEL_NEED_READ, "getChart",
     "filter limit cursor", NULL, "Chart", "films by fame, rating, time or year"},
    {"GET", "/api/v1/statistics", reel__handle_statistics, REEL_NEED_READ, "getStatistics", NULL,
     NULL, "Statistics", "what everybody gave: by stars, genre and decade"},
    {"GET", "/api/v1/data", reel__handle_data, REEL_NEED_LOG, "getData", "genre from to", NULL,
     "Data", "exploratory analyses of the data, or of a part of the films"},
    {"GET", "/posters/w92/{id}", reel__handle_photo, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/posters/w154/{id}", reel__handle_photo, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/posters/w342/{id}", reel__handle_photo, REEL_NEED_NOTHING, "getPhoto", NULL, NULL,
     NULL, "a photographed poster, or else the generated one"},
    {"GET", "/posters/w500/{id}", reel__handle_photo, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "a photographed poster, or else the generated one"},
    {"GET", "/api/v1/people", reel__handle_people, REEL_NEED_READ, "listPeople", "q limit cursor",
     NULL, "PersonPage", "people of the data set"},
    {"GET", "/api/v1/people/{id}", reel__handle_person, REEL_NEED_READ, "getPerson", NULL, NULL,
     "PersonFacts", "one person"},
    {"GET", "/api/v1/people/{id}/ratings", reel__handle_person_ratings, REEL_NEED_READ,
     "listRatings", "kind limit cursor", NULL, "RatedPage",
     "what they rated or gave otherwise, best first"},
    {"POST", "/api/v1/people/{id}/ratings:import", reel__handle_ratings_import, REEL_NEED_RATE,
     "importRatings", "file", "text/csv", "ImportReport", "take the export of another service",
     .body_most = REEL_HTTP_IMPORT_MAX},
    {"GET", "/api/v1/people/{id}/ratings/export", reel__handle_ratings_export, REEL_NEED_READ,
     "exportRatings", "format", NULL, "RatingsExport", "all they gave, as JSON or CSV"},
    {"GET", "/api/v1/people/{id}/ratings/{movie}", reel__handle_rating, REEL_NEED_READ, "getRating",
     NULL, NULL, "Rated", "what they gave a film"},
    {"PUT", "/api/v1/people/{id}/ratings/{movie}", reel__handle_rating_put, REEL_NEED_RATE,
     "putRating", NULL, "Statement", "Rated", "rate a film, or say otherwise what it is to them"},
    {"DELETE", "/api/v1/people/{id}/ratings/{movie}", reel__handle_rating_delete, REEL_NEED_RATE,
     "deleteRating", NULL, NULL, NULL, "take that away"},
    {"POST", "/api/v1/people/{id}/merge", reel__handle_merge, REEL_NEED_RATE, "mergeHistory", NULL,
     "MergeRequest", "Merged", "an anonymous history becomes theirs"},
    {"GET", "/api/v1/people/{id}/similar", reel__handle_person_similar, REEL_NEED_READ,
     "getSimilarPeople", "limit", NULL, "SimilarPeople", "people of similar taste"},
    {"GET", "/api/v1/recommendations", reel__handle_recommend_get, REEL_NEED_RECOMMEND,
     "getRecommendations", LIST_QUERY, NULL, "List", "a list for a person"},
    {"POST", "/api/v1/recommendations", reel__handle_recommend_post, REEL_NEED_RECOMMEND,
     "recommend", NULL, "ListRequest", "List",
     "a list for a person, a history, a household or a film"},
    {"GET", "/api/v1/recommendations/{token}/next", reel__handle_recommend_next,
     REEL_NEED_RECOMMEND, "getNextRecommendations", NULL, NULL, "List", "how a list goes on"},
    {"POST", "/api/v1/explanations", reel__handle_explain, REEL_NEED_RECOMMEND, "explain", NULL,
     "ExplanationRequest", "Explanation", "why one film"},
    {"GET", "/api/v1/feedback", reel__handle_feedback_log, REEL_NEED_LOG, "listFeedback",
     "method type user movie since until limit cursor", NULL, "FeedbackPage",
     "the feedback log, newest first"},
    {"POST", "/api/v1/feedback", reel__handle_feedback_post, REEL_NEED_FEEDBACK, "sendFeedback",
     NULL, "FeedbackRequest", "FeedbackTaken", "keep events"},
    {"GET", "/api/v1/analytics/summary", reel__handle_stats, REEL_NEED_LOG, "getFeedbackSummary",
     "range against format", NULL, "StatsSummary",
     "what was shown, clicked and rated, by whom, how mixed"},
    {"GET", "/api/v1/analytics/rates", reel__handle_stats, REEL_NEED_LOG, "getFeedbackRates",
     "range against by format", NULL, "StatsRates",
     "clicks and ratings of what was shown: by method, model, scenario or rank"},
    {"GET", "/api/v1/analytics/films", reel__handle_stats, REEL_NEED_LOG, "listFeedbackFilms",
     "range against by limit cursor format", NULL, "StatsFilms",
     "films, those shown, clicked or rated most first"},
    {"GET", "/api/v1/analytics/genres", reel__handle_stats, REEL_NEED_LOG, "getFeedbackGenres",
     "range against format", NULL, "StatsGenres", "what was shown and done by genre"},
    {"GET", "/api/v1/analytics/times", reel__handle_stats, REEL_NEED_LOG, "getFeedbackTimes",
     "range against by method format", NULL, "StatsTimes",
     "events by hour of the week, day or week"},
    {"GET", "/api/v1/analytics/people", reel__handle_stats, REEL_NEED_LOG, "getFeedbackPeople",
     "range against format", NULL, "StatsPeople", "new and returning people by day"},
    {"GET", "/api/v1/analytics/catalogue", reel__handle_stats, REEL_NEED_LOG,
     "getFeedbackCatalogue", "range against format", NULL, "StatsCatalogue",
     "how much of the catalogue is shown, week by week"},
    {"GET", "/api/v1/analytics/models", reel__handle_stats, REEL_NEED_LOG, "getFeedbackModels",
     "range format", NULL, "StatsModels",
     "versions of models week by week, and when each was first shown (rates compares two ranges)"},
    {"GET", "/api/v1/analytics/health", reel__handle_stats, REEL_NEED_LOG, "getFeedbackHealth",
     "format", NULL, "StatsHealth", "events that wait, and the last trainings"},
    {"GET", "/api/v1/experiments", reel__handle_experiments, REEL_NEED_LOG, "listExperiments",
     "limit cursor", NULL, "ExperimentPage", "experiments, newest start first"},
    {"POST", "/api/v1/experiments", reel__handle_experiment_add, REEL_NEED_ADMIN, "startExperiment",
     NULL, "ExperimentRequest", "Experiment", "begin an experiment, with the rule that decides it",
     REEL_DOOR_PUBLIC, 201},
    {"GET", "/api/v1/experiments/{name}", reel__handle_experiment, REEL_NEED_LOG, "getExperiment",
     NULL, NULL, "Experiment", "how an experiment is defined"},
    {"DELETE", "/api/v1/experiments/{name}", reel__handle_experiment_end, REEL_NEED_ADMIN,
     "endExperiment", NULL, NULL, NULL, "end an experiment, or take away one that has not begun"},
    {"GET", "/api/v1/experiments/{name}/results", reel__handle_experiment_results, REEL_NEED_LOG,
     "getExperimentResults", NULL, NULL, "ExperimentResults", "what it says so far"},
    {"GET", "/api/v1/models", reel__handle_models, REEL_NEED_READ, "listModels", NULL, NULL,
     "ModelList", "the models in service"},
    {"GET", "/api/v1/models/{version}", reel__handle_version, REEL_NEED_READ, "getVersion", NULL,
     NULL, "Version", "one version, or the one of a model in service"},
    {"POST", "/api/v1/models/{version}/activate", reel__handle_activate, REEL_NEED_ADMIN,
     "activateVersion", NULL, NULL, "Version", "put a version in service"},
    {"POST", "/api/v1/models/{name}/rollback", reel__handle_rollback, REEL_NEED_ADMIN,
     "rollBackModel", NULL, NULL, "Version", "put the version before in service"},
    {"GET", "/api/v1/versions", reel__handle_versions, REEL_NEED_READ, "listVersions",
     "model limit cursor", NULL, "VersionPage", "what was trained and is kept, newest first"},
    {"GET", "/api/v1/system", reel__handle_system, REEL_NEED_LOG, "getSystem", NULL, NULL, "System",
     "whether all is well: what waits, and what room is left"},
    {"GET", "/api/v1/jobs", reel__handle_jobs, REEL_NEED_LOG, "listJobs", "limit cursor", NULL,
     "JobPage", "long work, newest first"},
    {"POST", "/api/v1/jobs", reel__handle_job_ask, REEL_NEED_ADMIN, "startJob", NULL, "JobRequest",
     "Job", "ask for long work, such as a training", REEL_DOOR_PUBLIC, 202, REEL_REPEAT_ONCE},
    {"GET", "/api/v1/jobs/{id}", reel__handle_job, REEL_NEED_LOG, "getJob", NULL, NULL, "Job",
     "one job: how far it is, or how it ended"},
    {"DELETE", "/api/v1/jobs/{id}", reel__handle_job_cancel, REEL_NEED_ADMIN, "cancelJob", NULL,
     NULL, "Job", "end a job"},
    {"GET", "/api/v1/jobs/{id}/events", reel__handle_job_events, REEL_NEED_LOG, "watchJob", NULL,
     NULL, NULL, "how a job goes on, as text/event-stream"},
    {"GET", "/api/v1/jobs/{id}/log", reel__handle_job_log, REEL_NEED_LOG, "getJobLog", NULL, NULL,
     NULL, "what a job said, as text"},
    {"GET", "/api/v1/keys", reel__handle_keys, REEL_NEED_ADMIN, "listKeys", "limit cursor", NULL,
     "ApiKeyPage", "API keys, newest first"},
    {"POST", "/api/v1/keys", reel__handle_key_make, REEL_NEED_ADMIN, "createKey", NULL,
     "ApiKeyRequest", "NewApiKey", "make an API key, which is shown this once", REEL_DOOR_PUBLIC,
     201, REEL_REPEAT_SECRET},
    {"GET", "/api/v1/keys/{key}", reel__handle_key, REEL_NEED_ADMIN, "getKey", NULL, NULL, "ApiKey",
     "an API key, by what it begins with"},
    {"DELETE", "/api/v1/keys/{key}", reel__handle_key_revoke, REEL_NEED_ADMIN, "revokeKey", NULL,
     NULL, NULL, "revoke an API key, at once"},
    {"POST", "/api/v1/keys/{key}/rotate", reel__handle_key_rotate, REEL_NEED_ADMIN, "rotateKey",
     NULL, "ApiKeyRotation", "NewApiKey", "another API key in its place; the old one ends later",
     REEL_DOOR_PUBLIC, 201, REEL_REPEAT_SECRET},
    {"GET", "/api/v1/accounts", reel__handle_accounts, REEL_NEED_ADMIN, "listAccounts",
     "q limit cursor", NULL, "AccountPage", "accounts, by number"},
    {"GET", "/api/v1/accounts/{id}", reel__handle_account, REEL_NEED_ADMIN, "getAccount", NULL,
     NULL, "Account", "one account"},
    {"PATCH", "/api/v1/accounts/{id}", reel__handle_account_change, REEL_NEED_ADMIN,
     "changeAccount", NULL, "AccountSetting", "Account", "another role, or whether it may sign in"},
    {"DELETE", "/api/v1/accounts/{id}", reel__handle_account_delete, REEL_NEED_ADMIN,
     "deleteAccount", NULL, NULL, NULL, "the account and all that is known of its person goes"},
    {"POST", "/api/v1/accounts/{id}/reset", reel__handle_account_reset, REEL_NEED_ADMIN,
     "resetAccount", NULL, NULL, "ResetToken", "a token that sets a new password, once",
     REEL_DOOR_PUBLIC, 201, REEL_REPEAT_SECRET},
    {"POST", "/api/v1/accounts", reel__handle_sign_up, REEL_NEED_NOTHING, "signUp", NULL,
     "Credentials", "Account", "make an account, and sign in", REEL_DOOR_PUBLIC, 0,
     REEL_REPEAT_SECRET},
    {"GET", "/api/v1/session", reel__handle_session, REEL_NEED_NOTHING, "getSession", NULL, NULL,
     "Session", "who is signed in, and whether anybody can be"},
    {"POST", "/api/v1/session", reel__handle_sign_in, REEL_NEED_NOTHING, "signIn", NULL, "SignIn",
     "Account", "sign in: the answer sets a cookie"},
    {"DELETE", "/api/v1/session", reel__handle_sign_out, REEL_NEED_NOTHING, "signOut", NULL, NULL,
     "Session", "sign out"},
    {"GET", "/api/v1/me", reel__handle_me, REEL_NEED_ACCOUNT, "getMe", NULL, NULL, "Account",
     "the account that is signed in"},
    {"PATCH", "/api/v1/me", reel__handle_me_change, REEL_NEED_ACCOUNT, "changeMe", NULL,
     "AccountChange", "Account", "take another name or mail address"},
    {"GET", "/api/v1/me/export", reel__handle_me_export, REEL_NEED_ACCOUNT, "exportMe", NULL, NULL,
     "AccountExport", "all that is known of the account"},
    {"DELETE", "/api/v1/me", reel__handle_me_delete, REEL_NEED_ACCOUNT, "deleteMe", NULL,
     "Password", "Session", "the account and all that is known of its person goes"},
    {"POST", "/api/v1/me/password", reel__handle_me_password, REEL_NEED_ACCOUNT, "changePassword",
     NULL, "PasswordChange", "Account", "another password; every other session ends"},
    {"GET", "/api/v1/me/sessions", reel__handle_me_sessions, REEL_NEED_ACCOUNT, "countSessions",
     NULL, NULL, "SessionCount", "how many sessions are open"},
    {"DELETE", "/api/v1/me/sessions", reel__handle_me_sessions_end, REEL_NEED_ACCOUNT,
     "endSessions", NULL, NULL, "Session", "sign out everywhere"},
    {"POST", "/api/v1/password-reset", reel__handle_reset_ask, REEL_NEED_NOTHING, "askReset", NULL,
     "ResetRequest", "ResetAsked", "a forgotten password: the same answer for everybody",
     REEL_DOOR_PUBLIC, 202},
    {"POST", "/api/v1/email/confirm", reel__handle_email_confirm, REEL_NEED_NOTHING, "confirmEmail",
     NULL, "EmailConfirmation", "Session", "an address is confirmed by the token mailed there"},
    {"POST", "/api/v1/password-reset/confirm", reel__handle_reset_confirm, REEL_NEED_NOTHING,
     "confirmReset", NULL, "ResetConfirmation", "Session",
     "a new password by the token of a reset"},
    {"POST", "/api/v1/client-errors", reel__handle_client_error, REEL_NEED_NOTHING,
     "reportClientError", NULL, "ClientError", "ClientErrorHeard",
     "a page's own mistake, for the server's log", REEL_DOOR_PUBLIC, 202},
    {"GET", "/api/v1/licenses", reel__handle_licenses, REEL_NEED_NOTHING, "getLicenses", NULL, NULL,
     NULL, "notices of everything embedded"},
    {"GET", "/api/v1/openapi.json", reel__handle_openapi, REEL_NEED_NOTHING, "getDescription", NULL,
     NULL, NULL, "this API, as OpenAPI 3.1"},
    {"GET", "/api/v1/docs", reel__handle_docs, REEL_NEED_NOTHING, "getDocs", NULL, NULL, NULL,
     "this API, to be read by people"},
    {"GET", "/movies", reel__handle_prototype_movies, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "every film", REEL_DOOR_PROTOTYPE},
    {"GET", "/users", reel__handle_prototype_users, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "every person's id", REEL_DOOR_PROTOTYPE},
    {"GET", "/recommendations/content/{movie_id}", reel__handle_prototype_content,
     REEL_NEED_NOTHING, NULL, NULL, NULL, NULL, "films that share genres", REEL_DOOR_PROTOTYPE},
    {"GET", "/recommendations/collaborative/{user_id}", reel__handle_prototype_collaborative,
     REEL_NEED_NOTHING, NULL, NULL, NULL, NULL, "what similar people liked", REEL_DOOR_PROTOTYPE},
    {"GET", "/openapi.json", reel__handle_prototype_openapi, REEL_NEED_NOTHING, NULL, NULL, NULL,
     NULL, "these routes, described", REEL_DOOR_PROTOTYPE},
    {"GET", "/docs", reel__handle_docs, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "the API, to be read by people", REEL_DOOR_PROTOTYPE},
    {"GET", "/redoc", reel__handle_docs, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
     "the API, to be read by people", REEL_DOOR_PROTOTYPE},
    {"GET", "/api/v1/docs.css", reel__handle_docs_style, REEL_NEED_NOTHING, NULL, NULL, NULL, NULL,
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

static const char token_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_";

/* What stands in a path where the pattern has a name; its end, or NULL. */
static const char *take_part(const char *pattern, const char *path, reel_route_parts *parts)
{
    size_t length = strspn(path, "0123456789");

    if (strncmp(pattern, "{id}", 4) == 0)
        return reel__id_read(&parts->id, path, length) ? path + length : NULL;
    if (strncmp(pattern, "{movie}", 7) == 0)
        return reel__id_read(&parts->movie, path, length) ? path + length : NULL;
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
        written = snprintf(parts->allow + used, left, "%s%s%s", used > 0 ? ", " : "",
                           routes[i].method, strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
        used += written > 0 && (size_t)written < left ? (size_t)written : 0;
    }
    return NULL;
}
