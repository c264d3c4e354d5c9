/* pool.c - many small requests over libcurl's multi interface. HTTP/2 streams share a connection
 * where the server speaks it. One token bucket paces all requests, those asked again included.
 */
#include "net/pool.h"

#include <math.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/rng.h"
#include "net/trust.h"

enum {
    RATE_DEFAULT = 40,
    PARALLEL_DEFAULT = 16,
    ATTEMPTS_DEFAULT = 5,
    PAUSE_DEFAULT_MS = 500,
    PAUSE_MOST_MS = 30000,
    RETRY_MOST_SECONDS = 300,
    TIMEOUT_DEFAULT_MS = 20000,
    CONNECT_TIMEOUT_MS = 10000,
    WAIT_MS = 50,
    SECOND_US = 1000000
};

typedef enum slot_state { SLOT_FREE, SLOT_WAITS, SLOT_RUNS } slot_state;

typedef struct slot {
    CURL *curl;
    slot_state state;
    int attempt;
    int64_t not_before; /* steady time */
    long retry_after;   /* seconds, of the last answer */
    bool too_large;
    reel_buf body;
    void *tag;
    size_t maximum;
    char url[REEL_URL_MAX];
    char reason[CURL_ERROR_SIZE];
} slot;

typedef struct pool {
    const reel_pool_calls *calls;
    reel_pool_opts opts; /* defaults filled in */
    CURLM *multi;
    struct curl_slist *headers;
    slot *slots; /* [opts.parallel] */
    double tokens;
    int64_t filled_at, held_until;
    reel_rng rng;
    reel_err *err;
} pool;

/* ---- one request --------------------------------------------------------------------------- */

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    static const char name[] = "Retry-After:";
    slot *s = user;
    const size_t length = size * count, skip = sizeof name - 1;
    long seconds = 0;

    for (size_t i = skip; length > skip && strncasecmp(line, name, skip) == 0 && i < length; i++)
        if (line[i] >= '0' && line[i] <= '9' && seconds < RETRY_MOST_SECONDS)
            seconds = seconds * 10 + (line[i] - '0');
        else if (line[i] != ' ' && line[i] != '\r' && line[i] != '\n')
            break; /* a date: the growing pauses do for it */
    if (seconds > 0)
        s->retry_after = seconds < RETRY_MOST_SECONDS ? seconds : RETRY_MOST_SECONDS;
    return length;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    slot *s = user;
    const size_t length = size * count;

    if (s->body.length + length > s->maximum) {
        s->too_large = true;
        return 0;
    }
    reel__buf_append(&s->body, data, length);
    return s->body.failed ? 0 : length;
}

static void set_up(const pool *p, slot *s)
{
    CURL *curl = s->curl;

#if LIBCURL_VERSION_NUM >= 0x075500
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    reel__net_trust(curl);
    (void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "reel/" REEL_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, p->headers);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)p->opts.timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, s);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, s);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, s->reason);
    (void)curl_easy_setopt(curl, CURLOPT_PRIVATE, s);
}

static CURLcode set_body(const pool *p, const slot *s)
{
    const char *body = p->calls->body != NULL ? p->calls->body(p->calls->user, s->tag) : NULL;

    return body != NULL ? curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, body)
                        : curl_easy_setopt(s->curl, CURLOPT_HTTPGET, 1L);
}

static reel_code start(pool *p, slot *s)
{
    reel__buf_clear(&s->body);
    s->too_large = false;
    s->retry_after = 0;
    s->reason[0] = '\0';
    s->attempt++;
    if (curl_easy_setopt(s->curl, CURLOPT_URL, s->url) != CURLE_OK || set_body(p, s) != CURLE_OK ||
        curl_multi_add_handle(p->multi, s->curl) != CURLM_OK)
        return reel_fail(p->err, REEL_E_NOMEM, "out of memory for a request");
    s->state = SLOT_RUNS;
    return REEL_OK;
}

/* ---- pace ---------------------------------------------------------------------------------- */

static bool take_token(pool *p, int64_t now)
{
    p->tokens += (double)(now - p->filled_at) / SECOND_US * p->opts.rate;
    p->filled_at = now;
    if (p->tokens > fmax(1, p->opts.rate)) /* at least the one that is needed */
        p->tokens = fmax(1, p->opts.rate);
    if (p->tokens < 1 || now < p->held_until)
        return false;
    p->tokens -= 1;
    return true;
}

/* Half fixed, half random, so that many clients do not come back together. */
static int64_t pause_us(pool *p, int attempt)
{
    int64_t ms = p->opts.pause_ms;

    for (int i = 1; i < attempt && ms < PAUSE_MOST_MS; i++)
        ms *= 2;
    if (ms > PAUSE_MOST_MS)
        ms = PAUSE_MOST_MS;
    return ms * 500 + (int64_t)(reel__rng_unit(&p->rng) * (double)ms * 500);
}

/* Start what may be started now. *busy: something runs or waits. */
static reel_code start_some(pool *p, bool *busy)
{
    const int64_t now = reel__clock_steady_us();
    reel_code rc = REEL_OK;

    *busy = false;
    for (int i = 0; i < p->opts.parallel; i++) {
        slot *s = &p->slots[i];

        if (s->state == SLOT_FREE && p->calls->next(p->calls->user, s->url, &s->tag)) {
            s->state = SLOT_WAITS;
            s->attempt = 0;
            s->not_before = 0;
        }
        if (s->state == SLOT_WAITS && now >= s->not_before && take_token(p, now))
            REEL_TRY(start(p, s));
        *busy |= s->state != SLOT_FREE;
    }
out:
    return rc;
}

/* ---- answers ------------------------------------------------------------------------------- */

static bool worth_asking_again(CURLcode result, long status)
{
    if (result != CURLE_OK)
        return result != CURLE_PEER_FAILED_VERIFICATION && result != CURLE_URL_MALFORMAT &&
               result != CURLE_UNSUPPORTED_PROTOCOL && result != CURLE_OUT_OF_MEMORY;
    return status == 429 || status == 408 || status >= 500;
}

static reel_code finish(pool *p, slot *s, CURLcode result)
{
    const int64_t now = reel__clock_steady_us();
    reel_answer answer = {.tag = s->tag, .body = "", .why = ""};
    long status = 0;
    double seconds = 0;

    (void)curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(s->curl, CURLINFO_TOTAL_TIME, &seconds);
    answer.ms = 1000 * seconds;
    (void)curl_multi_remove_handle(p->multi, s->curl);
    if (result == CURLE_OUT_OF_MEMORY || s->body.failed)
        return reel_fail(p->err, REEL_E_NOMEM, "out of memory for an answer");
    if (s->retry_after > 0)
        p->held_until = now + s->retry_after * SECOND_US;
    if (!s->too_large && worth_asking_again(result, status) && s->attempt < p->opts.attempts) {
        s->state = SLOT_WAITS;
        s->not_before = now + pause_us(p, s->attempt);
        return REEL_OK;
    }
    s->state = SLOT_FREE;
    if (s->too_large) {
        answer.why = "the answer is too large";
    } else if (result != CURLE_OK) {
        answer.why = curl_easy_strerror(result);
    } else {
        answer.status = status;
        answer.body = s->body.length > 0 ? s->body.data : "";
        answer.length = s->body.length;
    }
    return p->calls->answer(p->calls->user, &answer, p->err);
}

static reel_code take_answers(pool *p)
{
    reel_code rc = REEL_OK;
    int left = 0;

    for (CURLMsg *message; (message = curl_multi_info_read(p->multi, &left)) != NULL;) {
        const CURLcode result = message->data.result;
        char *own = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &own);
        REEL_TRY(finish(p, (slot *)(void *)own, result));
    }
out:
    return rc;
}

/* ---- the run ------------------------------------------------------------------------------- */

static bool add_header(pool *p, const char *line)
{
    struct curl_slist *more = p->headers != NULL ? curl_slist_append(p->headers, line) : NULL;

    if (more != NULL)
        p->headers = more;
    return more != NULL;
}

static reel_code open_pool(pool *p)
{
    char header[REEL_URL_MAX];

    p->multi = curl_multi_init();
    p->slots = reel__alloc_zero((size_t)p->opts.parallel, sizeof *p->slots);
    if (p->multi == NULL || p->slots == NULL)
        return reel_fail(p->err, REEL_E_NOMEM, "out of memory for requests");
    (void)curl_multi_setopt(p->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    (void)snprintf(header, sizeof header, "Accept: %s", p->opts.accept);
    p->headers = curl_slist_append(NULL, header);
    (void)snprintf(header, sizeof header, "Authorization: Bearer %s",
                   p->opts.bearer != NULL ? p->opts.bearer : "");
    if ((p->opts.bearer != NULL && !add_header(p, header)) ||
        (p->calls->body != NULL && !add_header(p, "Content-Type: application/json")))
        return reel_fail(p->err, REEL_E_NOMEM, "out of memory for requests");
    for (int i = 0; i < p->opts.parallel; i++) {
        slot *s = &p->slots[i];

        s->maximum = p->opts.maximum_bytes;
        reel__buf_init(&s->body, s->maximum + 1);
        s->curl = curl_easy_init();
        if (s->curl == NULL || p->headers == NULL)
            return reel_fail(p->err, REEL_E_NOMEM, "out of memory for requests");
        set_up(p, s);
    }
    return REEL_OK;
}

static void close_pool(pool *p)
{
    for (int i = 0; p->slots != NULL && i < p->opts.parallel; i++) {
        slot *s = &p->slots[i];

        if (s->curl == NULL)
            continue;
        if (s->state == SLOT_RUNS)
            (void)curl_multi_remove_handle(p->multi, s->curl);
        curl_easy_cleanup(s->curl);
        reel__buf_fini(&s->body);
    }
    reel__free(p->slots);
    if (p->multi != NULL)
        (void)curl_multi_cleanup(p->multi);
    curl_slist_free_all(p->headers);
}

static reel_code run(pool *p)
{
    reel_code rc = REEL_OK;
    int running = 0;
    bool busy = true;

    for (;;) {
        if (p->opts.cancel != NULL && *p->opts.cancel)
            return reel_fail(p->err, REEL_E_CANCELLED, "stopped; what came so far is kept");
        REEL_TRY(start_some(p, &busy));
        if (!busy)
            return REEL_OK;
        if (curl_multi_perform(p->multi, &running) != CURLM_OK)
            return reel_fail(p->err, REEL_E_NOMEM, "the requests cannot be made");
        REEL_TRY(take_answers(p));
        (void)curl_multi_poll(p->multi, NULL, 0, running > 0 ? WAIT_MS : WAIT_MS / 5, NULL);
    }
out:
    return rc;
}

reel_code reel__pool_run(const reel_pool_opts *opts, const reel_pool_calls *calls, reel_err *err)
{
    const int64_t now = reel__clock_steady_us();
    pool p = {.calls = calls, .opts = *opts, .filled_at = now, .err = err};
    reel_code rc = REEL_OK;

    p.opts.accept = opts->accept != NULL ? opts->accept : "application/json";
    p.opts.rate = opts->rate > 0 ? opts->rate : RATE_DEFAULT;
    p.opts.parallel = opts->parallel > 0 ? opts->parallel : PARALLEL_DEFAULT;
    p.opts.attempts = opts->attempts > 0 ? opts->attempts : ATTEMPTS_DEFAULT;
    p.opts.pause_ms = opts->pause_ms > 0 ? opts->pause_ms : PAUSE_DEFAULT_MS;
    p.opts.timeout_ms = opts->timeout_ms > 0 ? opts->timeout_ms : TIMEOUT_DEFAULT_MS;
    p.opts.maximum_bytes = opts->maximum_bytes > 0 ? opts->maximum_bytes : (size_t)1 << 22;
    p.tokens = p.opts.rate < 1 ? 1 : p.opts.rate;
    p.rng = reel__rng_make((uint64_t)now, 0);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return reel_fail(err, REEL_E_NOMEM, "the network library cannot be started");
    rc = open_pool(&p);
    if (rc == REEL_OK)
        rc = run(&p);
    close_pool(&p);
    return rc;
}
