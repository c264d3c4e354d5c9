/* mail.c - SMTP over libcurl. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/mail_priv.h"
#include "net/trust.h"
#include "net/url.h"

enum {
    TIMEOUT_MS = 60000,
    CONNECT_TIMEOUT_MS = 10000,
    LETTER_MOST = 1 << 18,
    REPLY_MOST = 200,
    ENVELOPE = 260
};

/* ---- the server ---------------------------------------------------------------------------- */

/* The host of the URL into out. False: it is no URL of a mail server. */
static bool take_host(char out[REEL_URL_HOST], const char *url)
{
    const char *at = strncmp(url, "smtps://", 8) == 0  ? url + 8
                     : strncmp(url, "smtp://", 7) == 0 ? url + 7
                                                       : NULL;
    const char *end = at == NULL ? NULL : reel__url_host(out, at);

    return end != NULL && (*end == '\0' || strcmp(end, "/") == 0);
}

/* Nobody stands between this machine and itself. */
static bool is_this_machine(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

reel_code reel__mail_server_check(const reel_mail_server *server, reel_err *err)
{
    char host[REEL_URL_HOST], address[REEL_MAIL_ADDRESS];
    reel_err inner = {REEL_OK, ""};

    if (!take_host(host, server->url))
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_SMTP_URL: expected smtp://host:587 or smtps://host:465; user and "
                         "password are REEL_SMTP_USER and REEL_SMTP_PASSWORD");
    if ((server->user[0] == '\0') != (server->password[0] == '\0'))
        return reel_fail(err, REEL_E_INVALID, "REEL_SMTP_USER and REEL_SMTP_PASSWORD go together");
    if (server->from[0] == '\0')
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_MAIL_FROM: missing: the address that mails come from");
    if (reel__mail_sender(address, server, &inner) != REEL_OK)
        return reel_fail(err, REEL_E_INVALID, "REEL_MAIL_FROM: %s", inner.msg);
    return REEL_OK;
}

/* ---- talking to it ------------------------------------------------------------------------- */

typedef struct talk {
    CURL *curl;
    const reel_mail_server *server;
    const char *letter; /* what is left of it */
    size_t left;
    char reply[REPLY_MOST]; /* the last line by which the server said no */
    char reason[CURL_ERROR_SIZE];
} talk;

static size_t read_letter(char *out, size_t size, size_t count, void *user)
{
    talk *t = user;
    const size_t room = size * count, length = t->left < room ? t->left : room;

    memcpy(out, t->letter, length);
    t->letter += length;
    t->left -= length;
    return length;
}

/* Replies come as headers. Only what says no explains anything. */
static size_t take_reply(char *line, size_t size, size_t count, void *user)
{
    talk *t = user;
    const size_t length = size * count;
    size_t used = 0;

    if (length == 0 || (line[0] != '4' && line[0] != '5'))
        return length;
    for (size_t i = 0; i < length && used + 1 < REPLY_MOST; i++)
        if (line[i] >= ' ' && line[i] <= '~')
            t->reply[used++] = line[i];
    t->reply[used] = '\0';
    return length;
}

static size_t ignore(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    return size * count;
}

static int go_on(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const talk *t = user;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return t->server->cancel != NULL && atomic_load(t->server->cancel);
}

static bool set_up(talk *t)
{
    CURL *curl = t->curl;
    char host[REEL_URL_HOST] = "";
    const reel_mail_server *s = t->server;
    CURLcode bad = CURLE_OK;

    (void)take_host(host, s->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
    bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
    reel__net_trust(curl);
    bad |= curl_easy_setopt(curl, CURLOPT_URL, s->url);
    bad |= curl_easy_setopt(curl, CURLOPT_USE_SSL,
                            (long)(is_this_machine(host) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    bad |= curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* none of the environment's: they are HTTP */
    bad |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    bad |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                            (long)(s->timeout_ms > 0 ? s->timeout_ms : TIMEOUT_MS));
    bad |= curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
    bad |= curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
    bad |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    bad |= curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->reason);
    bad |= curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    bad |= curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on);
    bad |= curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    if (s->user[0] != '\0') {
        bad |= curl_easy_setopt(curl, CURLOPT_USERNAME, s->user);
        bad |= curl_easy_setopt(curl, CURLOPT_PASSWORD, s->password);
    }
    return bad == CURLE_OK;
}

/* What went wrong, without what was sent. */
static reel_code explain(const talk *t, CURLcode result, reel_err *err)
{
    const char *why = t->reason[0] != '\0' ? t->reason : curl_easy_strerror(result);

    if (result == CURLE_ABORTED_BY_CALLBACK)
        return reel_fail(err, REEL_E_CANCELLED, "the letter was not sent: stopped");
    if (result == CURLE_OUT_OF_MEMORY)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a letter");
    if (result == CURLE_USE_SSL_FAILED)
        return reel_fail(err, REEL_E_STORE,
                         "%s: the server offers no encryption (STARTTLS), which only one on this "
                         "machine may lack",
                         t->server->url);
    return reel_fail(err, REEL_E_STORE, "%s: %.200s%s%.200s", t->server->url, why,
                     t->reply[0] == '\0' ? "" : "; it said: ", t->reply);
}

static reel_code begin(talk *t, const reel_mail_server *server, reel_err *err)
{
    *t = (talk){.server = server, .curl = curl_easy_init()};
    if (t->curl != NULL && set_up(t))
        return REEL_OK;
    curl_easy_cleanup(t->curl);
    t->curl = NULL;
    return reel_fail(err, REEL_E_NOMEM, "out of memory for a letter");
}

reel_code reel__mail_server_try(const reel_mail_server *server, reel_err *err)
{
    CURLcode result;
    talk t;
    reel_code rc;

    REEL_TRY(reel__mail_server_check(server, err));
    REEL_TRY(begin(&t, server, err));
    (void)curl_easy_setopt(t.curl, CURLOPT_CUSTOMREQUEST, "NOOP");
    (void)curl_easy_setopt(t.curl, CURLOPT_NOBODY, 1L);
    result = curl_easy_perform(t.curl);
    if (result != CURLE_OK)
        rc = explain(&t, result, err);
    curl_easy_cleanup(t.curl);
out:
    return rc;
}

/* A reply of 5xx is for ever, but for one to the login. */
static reel_mail_fate fate_of(const talk *t, CURLcode result)
{
    long code = 0;

    if (result == CURLE_OK)
        return REEL_MAIL_SENT;
    (void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    return (result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
            result == CURLE_WEIRD_SERVER_REPLY) &&
                   code >= 500 && code < 600
               ? REEL_MAIL_NEVER
               : REEL_MAIL_LATER;
}

static reel_code post(talk *t, const char *from, const char *to, reel_mail_fate *fate,
                      reel_err *err)
{
    char sender[ENVELOPE], receiver[ENVELOPE];
    struct curl_slist *receivers;
    CURLcode result;

    (void)snprintf(sender, sizeof sender, "<%s>", from);
    (void)snprintf(receiver, sizeof receiver, "<%s>", to);
    receivers = curl_slist_append(NULL, receiver);
    if (receivers == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a letter");
    (void)curl_easy_setopt(t->curl, CURLOPT_MAIL_FROM, sender);
    (void)curl_easy_setopt(t->curl, CURLOPT_MAIL_RCPT, receivers);
    (void)curl_easy_setopt(t->curl, CURLOPT_READFUNCTION, read_letter);
    (void)curl_easy_setopt(t->curl, CURLOPT_READDATA, t);
    (void)curl_easy_setopt(t->curl, CURLOPT_UPLOAD, 1L);
    result = curl_easy_perform(t->curl);
    *fate = fate_of(t, result);
    curl_slist_free_all(receivers);
    return result == CURLE_OK ? REEL_OK : explain(t, result, err);
}

reel_code reel__mail_send(const reel_mail_server *server, const reel_letter *letter,
                          reel_mail_fate *fate, reel_err *err)
{
    char from[REEL_MAIL_ADDRESS];
    talk t = {.curl = NULL};
    reel_buf text;
    reel_code rc;

    *fate = REEL_MAIL_LATER;
    reel__buf_init(&text, LETTER_MOST);
    REEL_TRY(reel__mail_server_check(server, err));
    REEL_TRY(reel__mail_sender(from, server, err));
    REEL_TRY(reel__mail_write(&text, server, letter, err));
    REEL_TRY(begin(&t, server, err));
    t.letter = text.data;
    t.left = text.length;
    rc = post(&t, from, letter->to, fate, err);
out:
    curl_easy_cleanup(t.curl);
    reel__buf_fini(&text);
    return rc;
}
