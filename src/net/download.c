/* download.c - one file over HTTP, over libcurl.
 * An attempt asks for the rest of the file with Range and If-Range, so that a server answers 206
 * with the rest of the same version or 200 with the whole of a new one; a server that knows no
 * ranges answers 200 as well. Attempts that gained nothing are counted; pauses between them double,
 * with jitter (half fixed, half random) so that many clients do not come back together.
 */
#include "net/download.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"
#include "net/download_priv.h"
#include "net/trust.h"

enum {
    ATTEMPTS_DEFAULT = 5,
    PAUSE_DEFAULT_MS = 500,
    PAUSE_MOST_MS = 30000,
    STALL_DEFAULT_SECONDS = 30,
    STALL_BYTES_A_SECOND = 1024,
    CONNECT_TIMEOUT_SECONDS = 15,
    REDIRECTS_MOST = 5,
    GAIN_BYTES = 1 << 20 /* an attempt that got so much further is no failure */
};
static const int64_t MAXIMUM_DEFAULT = (int64_t)8 << 30;

/* One attempt, as the callbacks see it. */
typedef struct attempt {
    CURL *curl;
    reel_part *part;
    const reel_progress *progress;
    int64_t maximum;
    int64_t offset;      /* where the asked range begins */
    int64_t range_start; /* from Content-Range; -1 = none */
    int64_t range_total; /* from Content-Range; -1 = unknown */
    int64_t total;       /* of the whole file; 0 = unknown */
    long status;         /* of the last header block */
    long retry_after;    /* seconds */
    bool started;        /* the first byte of the body came */
    reel_code code;      /* of what went wrong inside a callback */
    reel_err *err;
    char etag[VALIDATOR_LENGTH], modified[VALIDATOR_LENGTH];
    char reason[CURL_ERROR_SIZE];
} attempt;

/* What to do after an attempt. */
typedef enum verdict { DONE, AGAIN, GIVE_UP } verdict;

/* ---- headers ------------------------------------------------------------------------------- */

static void forget_headers(attempt *at)
{
    at->range_start = at->range_total = -1;
    at->retry_after = 0;
    at->etag[0] = at->modified[0] = '\0';
}

/* The value of a header line when its name is the one asked for, trimmed; else NULL. */
static bool header_value(char *out, size_t capacity, const char *line, size_t length,
                         const char *name)
{
    const size_t skip = strlen(name);

    if (length <= skip || line[skip] != ':' || strncasecmp(line, name, skip) != 0)
        return false;
    line += skip + 1;
    length -= skip + 1;
    while (length > 0 && (line[0] == ' ' || line[0] == '\t')) {
        line++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL)
        length--;
    if (length >= capacity)
        return false;
    memcpy(out, line, length);
    out[length] = '\0';
    return true;
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    attempt *at = user;
    const size_t length = size * count;
    char value[VALIDATOR_LENGTH];
    long long start, total;

    if (length > 5 && memcmp(line, "HTTP/", 5) == 0) {
        forget_headers(at); /* a redirect or an interim answer came before */
        return length;
    }
    /* If-Range takes no weak tags. */
    if (header_value(value, sizeof value, line, length, "ETag") && value[0] == '"')
        (void)snprintf(at->etag, sizeof at->etag, "%s", value);
    else if (header_value(value, sizeof value, line, length, "Last-Modified"))
        (void)snprintf(at->modified, sizeof at->modified, "%s", value);
    else if (header_value(value, sizeof value, line, length, "Retry-After"))
        (void)sscanf(value, "%9ld", &at->retry_after);
    else if (header_value(value, sizeof value, line, length, "Content-Range")) {
        if (sscanf(value, "bytes %18lld-%*18[0-9]/%18lld", &start, &total) == 2) {
            at->range_start = start;
            at->range_total = total;
        } else if (sscanf(value, "bytes */%18lld", &total) == 1) {
            at->range_total = total;
        } else if (sscanf(value, "bytes %18lld-", &start) == 1) {
            at->range_start = start;
        }
    }
    return length;
}

/* ---- body ---------------------------------------------------------------------------------- */

static reel_code too_large(attempt *at)
{
    return reel_fail(at->err, REEL_E_TOOLARGE, "%s: larger than the %lld bytes allowed",
                     at->part->url, (long long)at->maximum);
}

/* The first bytes: do they continue the part, or are they the whole file? */
static reel_code start_body(attempt *at)
{
    curl_off_t length = -1;

    at->started = true;
    (void)curl_easy_getinfo(at->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (at->status == 206) {
        if (at->range_start != at->offset)
            return reel_fail(at->err, REEL_E_FORMAT,
                             "%s: the server sent bytes from %lld when asked from %lld",
                             at->part->url, (long long)at->range_start, (long long)at->offset);
        at->total = at->range_total > 0 ? at->range_total : length < 0 ? 0 : at->offset + length;
    } else {
        const reel_code rc =
            reel__part_restart(at->part, at->etag[0] != '\0' ? at->etag : at->modified, at->err);

        if (rc != REEL_OK)
            return rc;
        at->offset = 0;
        at->total = length < 0 ? 0 : length;
    }
    return at->total > at->maximum ? too_large(at) : REEL_OK;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    attempt *at = user;
    const size_t length = size * count;

    if (!at->started) {
        (void)curl_easy_getinfo(at->curl, CURLINFO_RESPONSE_CODE, &at->status);
        if (at->status != 200 && at->status != 206)
            return length; /* the page of an error is not the file */
        at->code = start_body(at);
    }
    if (at->code == REEL_OK && at->part->size + (int64_t)length > at->maximum)
        at->code = too_large(at);
    if (at->code == REEL_OK)
        at->code = reel__part_append(at->part, data, length, at->err);
    if (at->code != REEL_OK)
        return 0;
    reel__progress(at->progress, "download", at->part->size, at->total, "bytes");
    return length;
}

/* ---- one attempt --------------------------------------------------------------------------- */

static void setup_protocols(CURL *curl, const char *url)
{
    /* An address that began encrypted stays so over redirects. */
    const bool safe = strncasecmp(url, "https:", 6) == 0;

#if LIBCURL_VERSION_NUM >= 0x075500
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, safe ? "https" : "http,https");
#else
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    (void)curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
                           (long)(CURLPROTO_HTTPS | (safe ? 0 : CURLPROTO_HTTP)));
#endif
}

static void setup(const reel_download *download, attempt *at)
{
    CURL *curl = at->curl;
    const int stall = download->stall_seconds > 0 ? download->stall_seconds : STALL_DEFAULT_SECONDS;

    (void)curl_easy_setopt(curl, CURLOPT_URL, download->url);
    setup_protocols(curl, download->url);
    reel__net_trust(curl);
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MOST);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "reel/" REEL_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_SECONDS);
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_A_SECOND);
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)stall);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, at);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, at);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, at->reason);
}

/* Range and If-Range when there is a part that may be continued. false = out of memory. */
static bool ask_for_rest(struct curl_slist **headers, attempt *at)
{
    CURL *curl = at->curl;
    char text[VALIDATOR_LENGTH + 16];

    (void)curl_easy_setopt(curl, CURLOPT_RANGE, NULL);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    at->offset = at->part->validator[0] != '\0' ? at->part->size : 0;
    if (at->offset == 0)
        return true;
    (void)snprintf(text, sizeof text, "If-Range: %s", at->part->validator);
    *headers = curl_slist_append(NULL, text);
    (void)snprintf(text, sizeof text, "%lld-", (long long)at->offset);
    return *headers != NULL && curl_easy_setopt(curl, CURLOPT_RANGE, text) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers) == CURLE_OK;
}

static verdict judge_status(attempt *at)
{
    const char *url = at->part->url;

    /* An empty file has no first byte to start at. */
    if (at->status == 200 && !at->started)
        at->code = reel__part_restart(at->part, "", at->err);
    if (at->status == 206 && at->part->size < at->range_total) {
        at->code = reel_fail(at->err, REEL_E_STORE, "%s: the server sent less than the rest", url);
        return AGAIN;
    }
    if (at->status == 200 || at->status == 206)
        return at->code == REEL_OK ? DONE : GIVE_UP;
    if (at->status == 416) {
        if (at->offset > 0 && at->range_total == at->offset)
            return DONE; /* there was nothing left to send */
        at->code = reel__part_restart(at->part, "", at->err);
        if (at->code != REEL_OK)
            return GIVE_UP;
    }
    at->code =
        reel_fail(at->err, at->status == 404 || at->status == 410 ? REEL_E_NOTFOUND : REEL_E_STORE,
                  "%s: the server answered %ld; %s", url, at->status,
                  at->status == 404 || at->status == 410 ? "check the address" : "try again later");
    return at->status >= 500 || at->status == 408 || at->status == 416 || at->status == 425 ||
                   at->status == 429
               ? AGAIN
               : GIVE_UP;
}

static verdict judge(attempt *at, CURLcode result)
{
    const char *reason = at->reason[0] != '\0' ? at->reason : curl_easy_strerror(result);

    (void)curl_easy_getinfo(at->curl, CURLINFO_RESPONSE_CODE, &at->status);
    if (result == CURLE_OK)
        return judge_status(at);
    if (result == CURLE_WRITE_ERROR && at->code != REEL_OK) {
        if (at->code != REEL_E_FORMAT)
            return GIVE_UP;
        at->part->validator[0] = '\0'; /* ranges cannot be trusted here: ask for the whole file */
        return AGAIN;
    }
    if (result == CURLE_OUT_OF_MEMORY)
        at->code = reel_fail(at->err, REEL_E_NOMEM, "%s: out of memory", at->part->url);
    else if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
        at->code = reel_fail(at->err, REEL_E_INVALID, "%s: no http or https address: %s",
                             at->part->url, reason);
    else
        at->code = reel_fail(at->err, REEL_E_STORE,
                             "%s: %s; check the network and try again, it goes on where it stopped",
                             at->part->url, reason);
    return at->code != REEL_E_STORE || result == CURLE_PEER_FAILED_VERIFICATION ||
                   result == CURLE_TOO_MANY_REDIRECTS
               ? GIVE_UP
               : AGAIN;
}

static verdict try_once(attempt *at)
{
    struct curl_slist *headers = NULL;
    verdict next = GIVE_UP;

    forget_headers(at);
    at->status = 0;
    at->started = false;
    at->code = REEL_OK;
    at->reason[0] = '\0';
    if (ask_for_rest(&headers, at))
        next = judge(at, curl_easy_perform(at->curl));
    else
        at->code = reel_fail(at->err, REEL_E_NOMEM, "%s: out of memory", at->part->url);
    (void)curl_easy_setopt(at->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return next;
}

/* ---- attempts ------------------------------------------------------------------------------ */

static void pause_before(int failures, int first_ms, long retry_after, reel_rng *rng)
{
    int64_t wait_ms = first_ms;
    struct timespec left;

    for (int i = 1; i < failures && wait_ms < PAUSE_MOST_MS; i++)
        wait_ms *= 2;
    if (retry_after > 0 && retry_after * 1000 > wait_ms)
        wait_ms = retry_after * 1000;
    if (wait_ms > PAUSE_MOST_MS)
        wait_ms = PAUSE_MOST_MS;
    if (retry_after <= 0)
        wait_ms = wait_ms / 2 + (int64_t)reel__rng_below(rng, (uint64_t)wait_ms / 2 + 1);
    left = (struct timespec){.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

static reel_code attempts(const reel_download *download, attempt *at)
{
    const int most = download->attempts > 0 ? download->attempts : ATTEMPTS_DEFAULT;
    const int first_ms = download->pause_ms > 0 ? download->pause_ms : PAUSE_DEFAULT_MS;
    reel_rng rng = reel__rng_make((uint64_t)reel__clock_steady_us(), (uint64_t)getpid());
    int64_t best = at->part->size;

    for (int failures = 0;;) {
        const verdict next = try_once(at);

        if (next == DONE)
            return REEL_OK;
        if (next == GIVE_UP)
            return at->code;
        if (at->part->size >= best + GAIN_BYTES) {
            best = at->part->size;
            failures = 0;
        }
        if (++failures >= most)
            return at->code;
        pause_before(failures, first_ms, at->retry_after, &rng);
    }
}

static void start_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

reel_code reel__download(const reel_download *download, reel_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    reel_err scratch = {.code = REEL_OK};
    reel_code rc = REEL_OK;
    reel_part part;
    attempt at = {.part = &part,
                  .progress = download->progress,
                  .maximum =
                      download->maximum_bytes > 0 ? download->maximum_bytes : MAXIMUM_DEFAULT,
                  .err = &scratch};

    if (download->md5 != NULL && reel__part_done(download->path, download->md5))
        return REEL_OK;
    (void)pthread_once(&once, start_curl);
    REEL_TRY(reel__part_open(&part, download->path, download->url, err));
    at.curl = curl_easy_init();
    if (at.curl == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory", download->url);
        goto out;
    }
    setup(download, &at);
    rc = attempts(download, &at);
    if (rc != REEL_OK) {
        (void)reel_fail(err, rc, "%s", scratch.msg);
        if (rc == REEL_E_TOOLARGE)
            reel__part_remove(&part);
        goto out;
    }
    if (download->md5 != NULL)
        REEL_TRY(reel__part_check(&part, download->md5, err));
    REEL_TRY(reel__part_publish(&part, err));
out:
    if (at.curl != NULL)
        curl_easy_cleanup(at.curl);
    reel__part_close(&part);
    return rc;
}
