/* probe.c - see probe.h. One request over a socket is all it takes. */
#include "http/probe.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "http/tls.h"

enum { HOST_MOST = 256, ANSWER_MOST = 2048, STATUS_AT = 9 };

const char *reel__probe_versions(void)
{
    static char text[80];

    (void)snprintf(text, sizeof text, "libmicrohttpd %s, %s", MHD_get_version(),
                   reel__tls_version());
    return text;
}

/* host and port of "http://HOST:PORT/..." */
static reel_code split(char host[HOST_MOST], char port[8], const char *where, reel_err *err)
{
    static const char scheme[] = "http://";
    const char *begin =
        strncmp(where, scheme, strlen(scheme)) == 0 ? where + strlen(scheme) : where;
    const size_t length = strcspn(begin, "/");
    char *colon;

    if (strncmp(where, "https:", 6) == 0)
        return reel_fail(err, REEL_E_INVALID,
                         "%.80s: only http is asked; take the operator's address", where);
    if (length >= HOST_MOST)
        return reel_fail(err, REEL_E_INVALID, "\"%.80s\" is too long for an address", where);
    (void)snprintf(host, HOST_MOST, "%.*s", (int)length, begin);
    colon = strrchr(host, ':');
    if (colon == NULL || strlen(colon + 1) > 5 || strspn(colon + 1, "0123456789") == 0)
        return reel_fail(err, REEL_E_INVALID, "\"%.80s\" is not ADDRESS:PORT", where);
    (void)snprintf(port, 8, "%s", colon + 1);
    *colon = '\0';
    if (host[0] == '[' && colon > host && colon[-1] == ']') {
        colon[-1] = '\0';
        memmove(host, host + 1, strlen(host));
    }
    return REEL_OK;
}

static reel_code connect_to(int *out, const char *where, const struct addrinfo *to, int timeout_s,
                            reel_err *err)
{
    const struct timeval limit = {.tv_sec = timeout_s};
    const int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *out = fd;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
        connect(fd, to->ai_addr, to->ai_addrlen) != 0)
        return reel_fail(err, REEL_E_STORE, "%.80s: nobody answers: %s", where, strerror(errno));
    return REEL_OK;
}

static reel_code ask(int fd, const char *where, reel_err *err)
{
    static const char request[] =
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[ANSWER_MOST];
    size_t used = 0;
    ssize_t got = 1;
    const char *body;

    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)(sizeof request - 1))
        return reel_fail(err, REEL_E_STORE, "%.80s: cannot be asked: %s", where, strerror(errno));
    while (got > 0 && used + 1 < sizeof answer) {
        got = recv(fd, answer + used, sizeof answer - 1 - used, 0);
        used += got > 0 ? (size_t)got : 0;
    }
    answer[used] = '\0';
    if (used <= STATUS_AT || strncmp(answer, "HTTP/1.", 7) != 0)
        return reel_fail(err, REEL_E_STORE, "%.80s: does not answer as a server does", where);
    if (strncmp(answer + STATUS_AT, "200", 3) == 0)
        return REEL_OK;
    body = strstr(answer, "\r\n\r\n");
    for (char *at = answer; *at != '\0'; at++)
        if (*at == '\n' && body != NULL && at > body + 3)
            *at = ' ';
    return reel_fail(err, REEL_E_STORE, "%.80s: status %.3s: %.300s", where, answer + STATUS_AT,
                     body == NULL ? "" : body + 4);
}

reel_code reel__probe_ready(const char *where, int timeout_s, reel_err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char host[HOST_MOST], port[8];
    int fd = -1, resolved;
    reel_code rc;

    REEL_TRY(split(host, port, where, err));
    resolved = getaddrinfo(host, port, &hints, &found);
    if (resolved != 0) {
        rc = reel_fail(err, REEL_E_INVALID, "%.80s: %s", where, gai_strerror(resolved));
        goto out;
    }
    REEL_TRY(connect_to(&fd, where, found, timeout_s, err));
    rc = ask(fd, where, err);
out:
    if (found != NULL)
        freeaddrinfo(found);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}
