/* listen.c - parses an address, binds it, and explains why that failed. */
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_MAX = 64, PORT_MAX = 8, PORT_LAST = 65535, BACKLOG = 1024 };

typedef struct host_port {
    char host[HOST_MAX], port[PORT_MAX];
} host_port;

/* "host:port" or "[v6]:port" */
static reel_code split(host_port *out, const char *address, reel_err *err)
{
    const char *colon = strrchr(address, ':');
    const char *host = address;
    size_t length;

    if (colon == NULL || colon[1] == '\0' || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        strlen(colon + 1) > 5 || strtol(colon + 1, NULL, 10) > PORT_LAST)
        return reel_fail(err, REEL_E_INVALID,
                         "listen address \"%.80s\" is not ADDRESS:PORT, such as 127.0.0.1:8080",
                         address);
    length = (size_t)(colon - address);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof out->host)
        return reel_fail(err, REEL_E_INVALID, "listen address \"%.80s\" names no host", address);
    memcpy(out->host, host, length);
    out->host[length] = '\0';
    (void)snprintf(out->port, sizeof out->port, "%s", colon + 1);
    return REEL_OK;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return false;
}

static reel_code bind_error(const char *address, int error, reel_err *err)
{
    if (error == EADDRINUSE)
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s is in use by another program; stop it, or choose another port with "
                         "--listen 127.0.0.1:PORT",
                         address);
    if (error == EACCES || error == EPERM)
        return reel_fail(err, REEL_E_DENIED,
                         "%s may not be used by this user; choose a port above 1023", address);
    if (error == EADDRNOTAVAIL)
        return reel_fail(err, REEL_E_INVALID, "%s is no address of this machine", address);
    return reel_fail(err, REEL_E_STORE, "cannot listen on %s: %s", address, strerror(error));
}

/* The port really bound, for port 0. */
static void write_url(reel_listener *listener, const host_port *parts)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char port[PORT_MAX];

    if (getsockname(listener->fd, (struct sockaddr *)&bound, &size) != 0 ||
        getnameinfo((struct sockaddr *)&bound, size, NULL, 0, port, sizeof port, NI_NUMERICSERV) !=
            0)
        (void)snprintf(port, sizeof port, "%s", parts->port);
    (void)snprintf(listener->url, sizeof listener->url,
                   strchr(parts->host, ':') != NULL ? "http://[%s]:%s" : "http://%s:%s",
                   parts->host, port);
}

static reel_code open_socket(reel_listener *out, const struct addrinfo *info, const char *address,
                             reel_err *err)
{
    const int on = 1;

    out->fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0)
        return reel_fail(err, REEL_E_STORE, "cannot make a socket: %s", strerror(errno));
    (void)setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(out->fd, info->ai_addr, info->ai_addrlen) != 0) {
        const int error = errno;
        (void)close(out->fd);
        out->fd = -1;
        return bind_error(address, error, err);
    }
    return REEL_OK;
}

reel_code reel__listen_bind(reel_listener *out, const char *address, reel_err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    host_port parts;
    reel_code rc;
    int resolved;

    out->fd = -1;
    rc = split(&parts, address, err);
    if (rc != REEL_OK)
        return rc;
    resolved = getaddrinfo(parts.host, parts.port, &hints, &found);
    if (resolved != 0)
        return reel_fail(err, REEL_E_INVALID, "listen address \"%.80s\": %s", address,
                         gai_strerror(resolved));
    out->loopback = is_loopback(found->ai_addr);
    rc = open_socket(out, found, address, err);
    freeaddrinfo(found);
    if (rc == REEL_OK)
        write_url(out, &parts);
    return rc;
}

reel_code reel__listen_take(reel_listener *out, int fd, reel_err *err)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound, kind_size = sizeof(int);
    host_port parts = {"", ""};
    int kind = 0;

    out->fd = -1;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &kind_size) != 0 || kind != SOCK_STREAM ||
        getsockname(fd, (struct sockaddr *)&bound, &size) != 0 ||
        getnameinfo((struct sockaddr *)&bound, size, parts.host, sizeof parts.host, parts.port,
                    sizeof parts.port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return reel_fail(err, REEL_E_INVALID,
                         "file %d, handed over to listen on, is no TCP socket; ListenStream= takes "
                         "ADDRESS:PORT",
                         fd);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    out->fd = fd;
    out->loopback = is_loopback((const struct sockaddr *)&bound);
    write_url(out, &parts);
    return REEL_OK;
}

void reel__listen_encrypted(reel_listener *listener)
{
    const size_t at = strlen("http");

    memmove(listener->url + at + 1, listener->url + at, strlen(listener->url + at) + 1);
    listener->url[at] = 's';
}

reel_code reel__listen_start(const reel_listener *listener, reel_err *err)
{
    if (listen(listener->fd, BACKLOG) != 0)
        return bind_error(strstr(listener->url, "//") + 2, errno, err);
    return REEL_OK;
}
