/* tmdb.c - addresses and answers of TMDb's API (version 3). A score is the likeness of the titles
 * (1 - edit distance / length, letters and digits only, case ignored) times 1, 0.9, 0.7 or 0.3 for
 * years 0, 1, 2 or more apart, 0.8 where one is unknown. Sure is a score of 0.85 that no other film
 * comes within 0.1 of: two films of one name and year are for a person to tell apart.
 */
#include "tmdb/tmdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

enum { KEY_LENGTH = 32, TOKEN_LEAST = 60, TITLE_MOST = 120, DEPTH_MAXIMUM = 16 };

#define SURE_SCORE  0.85
#define SURE_MARGIN 0.1

/* ---- addresses ----------------------------------------------------------------------------- */

reel_code reel__tmdb_api(reel_tmdb_api *out, const char *url, const char *secret, reel_err *err)
{
    const size_t length = strlen(secret);
    static const char hex[] = "0123456789abcdefABCDEF";
    static const char token[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=";

    *out = (reel_tmdb_api){.url = url};
    if (length == KEY_LENGTH && strspn(secret, hex) == length)
        out->key = secret;
    else if (length >= TOKEN_LEAST && length < 1500 && strspn(secret, token) == length)
        out->bearer = secret;
    else
        return reel_fail(err, REEL_E_INVALID,
                         "TMDB_API_KEY: neither a v3 key (32 hex digits) nor a v4 token; both are "
                         "on your TMDb account's API page");
    return REEL_OK;
}

static void add_key(char *out, size_t size, const reel_tmdb_api *api)
{
    const size_t at = strlen(out);

    if (api->key != NULL)
        (void)snprintf(out + at, size - at, "&api_key=%s", api->key);
}

void reel__tmdb_movie_url(char *out, size_t size, const reel_tmdb_api *api, int64_t tmdb_id)
{
    (void)snprintf(out, size, "%s/movie/%lld?append_to_response=keywords,credits,videos,images",
                   api->url, (long long)tmdb_id);
    add_key(out, size, api);
}

void reel__tmdb_find_url(char *out, size_t size, const reel_tmdb_api *api, int64_t imdb_id)
{
    (void)snprintf(out, size, "%s/find/tt%07lld?external_source=imdb_id", api->url,
                   (long long)imdb_id);
    add_key(out, size, api);
}

void reel__tmdb_search_url(char *out, size_t size, const reel_tmdb_api *api, const char *title,
                           int32_t year)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t at;

    (void)snprintf(out, size, "%s/search/movie?query=", api->url);
    at = strlen(out);
    for (size_t i = 0; at + 80 < size && title[i] != '\0'; i++)
        at +=
            (size_t)snprintf(out + at, size - at, strchr(plain, title[i]) != NULL ? "%c" : "%%%02X",
                             (unsigned char)title[i]);
    if (year > 0)
        (void)snprintf(out + at, size - at, "&year=%d", year);
    add_key(out, size, api);
}

/* ---- answers ------------------------------------------------------------------------------- */

static reel_code list_of(json_t **whole, const json_t **list, const char *member, const char *text,
                         size_t length, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__json_parse(whole, text, length, DEPTH_MAXIMUM, err));
    *list = json_object_get(*whole, member);
    if (!json_is_array(*list))
        rc = reel_fail(err, REEL_E_INVALID, "%s: expected a list", member);
out:
    return rc;
}

reel_code reel__tmdb_found(int64_t *tmdb_id, const char *text, size_t length, reel_err *err)
{
    json_t *whole = NULL;
    const json_t *list = NULL;
    reel_code rc = REEL_OK;

    *tmdb_id = 0;
    REEL_TRY(list_of(&whole, &list, "movie_results", text, length, err));
    if (json_array_size(list) > 0)
        REEL_TRY(reel__json_get_int(json_array_get(list, 0), "id", tmdb_id, err));
    if (*tmdb_id < 0)
        *tmdb_id = 0;
out:
    json_decref(whole);
    return rc;
}

/* Letters, digits and what is beyond ASCII; its length. */
static size_t plain_title(char out[TITLE_MOST], const char *title)
{
    size_t length = 0;

    for (; *title != '\0' && length < TITLE_MOST; title++) {
        const unsigned char c = (unsigned char)*title;

        if (c >= 'A' && c <= 'Z')
            out[length++] = (char)(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            out[length++] = (char)c;
    }
    return length;
}

static double likeness(const char *left, const char *right)
{
    char a[TITLE_MOST], b[TITLE_MOST];
    const size_t n = plain_title(a, left), m = plain_title(b, right);
    size_t row[TITLE_MOST + 1];
    const size_t longest = n > m ? n : m;

    if (n == 0 || m == 0)
        return strcmp(left, right) == 0 ? 1 : 0;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const size_t above = row[j];
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = above;
            row[j] = best;
        }
    }
    return 1 - (double)row[m] / (double)longest;
}

static double year_factor(int32_t a, int32_t b)
{
    static const double factors[] = {1, 0.9, 0.7};
    const int apart = abs(a - b);

    if (a == 0 || b == 0)
        return 0.8;
    return apart < 3 ? factors[apart] : 0.3;
}

/* The beginning of a name, for a person to read: no half characters, nothing that steers a
 * terminal. */
static void readable(char out[TITLE_MOST], const char *name)
{
    const size_t length = reel__utf8_cut(name, strlen(name), TITLE_MOST - 1);

    memcpy(out, name, length);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
            out[i] = ' ';
    out[length] = '\0';
}

static reel_code judge(double *score, reel_tmdb_guess *guess, const char *title, int32_t year,
                       const json_t *film, reel_err *err)
{
    const char *name = "", *original = "", *date = "";
    char shown[TITLE_MOST];
    double like, other;
    int32_t of = 0;
    reel_code rc = REEL_OK;

    *score = 0;
    if (!json_is_object(film))
        return reel_fail(err, REEL_E_INVALID, "results: a film is not an object");
    REEL_TRY(reel__json_get_int(film, "id", &guess->tmdb_id, err));
    REEL_TRY(reel__json_get_text(film, "title", &name, err));
    REEL_TRY(reel__json_get_text(film, "original_title", &original, err));
    REEL_TRY(reel__json_get_text(film, "release_date", &date, err));
    for (int i = 0; i < 4 && date[i] >= '0' && date[i] <= '9'; i++)
        of = of * 10 + (date[i] - '0');
    like = likeness(title, name);
    other = likeness(title, original);
    if (other > like)
        like = other;
    *score = guess->score = like * year_factor(year, of);
    readable(shown, name);
    (void)snprintf(guess->reason, sizeof guess->reason, "\"%s\" of %d, titles alike by %.2f", shown,
                   of, like);
out:
    return rc;
}

reel_code reel__tmdb_guess(reel_tmdb_guess *out, const char *title, int32_t year, const char *text,
                           size_t length, reel_err *err)
{
    json_t *whole = NULL;
    const json_t *list = NULL;
    double second = 0;
    reel_code rc = REEL_OK;

    *out = (reel_tmdb_guess){0};
    REEL_TRY(list_of(&whole, &list, "results", text, length, err));
    for (size_t i = 0; i < json_array_size(list); i++) {
        reel_tmdb_guess one = {0};
        double score;

        REEL_TRY(judge(&score, &one, title, year, json_array_get(list, i), err));
        if (one.tmdb_id <= 0)
            continue;
        if (out->tmdb_id == 0 || score > out->score) {
            second = out->score;
            *out = one;
        } else if (score > second) {
            second = score;
        }
    }
    out->sure = out->score >= SURE_SCORE && out->score - second >= SURE_MARGIN;
    if (out->tmdb_id > 0 && out->score >= SURE_SCORE && !out->sure) {
        const size_t at = strlen(out->reason);

        (void)snprintf(out->reason + at, sizeof out->reason - at, "; another is as like");
    }
out:
    json_decref(whole);
    return rc;
}
