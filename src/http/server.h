/* http/server.h - the HTTP server: sockets and threads around http/exchange.h (over libmicrohttpd).
 * Layer: http. Threads: start and stop by one thread; requests run on the server's own.
 */
#ifndef REEL_HTTP_SERVER_H
#define REEL_HTTP_SERVER_H

#include "http/exchange.h"

typedef struct reel_server reel_server;

enum { REEL_HTTP_TIMEOUT_S = 30, REEL_HTTP_PER_ADDRESS = 256 };

typedef struct reel_server_opts {
    const char *listen;   /* ADDRESS:PORT, [ADDRESS]:PORT; port 0 = any free one */
    int threads;          /* 0 = all cores */
    bool log_requests;    /* a line for each */
    reel_proxies proxies; /* who may say for whom they ask */
    int timeout_s;        /* for a request to come whole; 0 = REEL_HTTP_TIMEOUT_S */
    int per_address;      /* connections, but not of proxies; 0 = no limit */
    bool count_loopback;  /* this machine's count too */
    const char *tls_certificate, *tls_key; /* PEM files; NULL = in the clear */
    int hsts_s;      /* how long a browser comes by https alone, once it did; 0 = it may forget */
    int fd_plus_one; /* of a socket that is bound already, in the place of listen; 0 = none */
} reel_server_opts;

/* Take the address, so that a port in use is known before any model is trained; nobody can connect
 * yet. Errors: E_INVALID (address), E_CONFLICT (port in use), E_DENIED (port not allowed), E_STORE
 * (sockets), E_NOMEM; each says what to do. */
REEL_MUST_USE reel_code reel__server_new(reel_server **out, const reel_server_opts *opts,
                                         reel_err *err);
/* Listen and answer, once. app is borrowed until reel__server_stop. Errors: E_CONFLICT, E_STORE. */
REEL_MUST_USE reel_code reel__server_start(reel_server *server, const reel_app *app, reel_err *err);
/* Whether only this machine can connect to it. */
bool reel__server_is_loopback(const reel_server *server);
/* Whether nobody else can reach it either: no proxy leads them to it. */
bool reel__server_is_own(const reel_server *server);
/* "http://127.0.0.1:8080" */
const char *reel__server_url(const reel_server *server);
/* Read the certificate again, where there is one. Errors: those of reel__tls_again. */
REEL_MUST_USE reel_code reel__server_renew(reel_server *server, reel_err *err);
/* Stop listening, let running requests end, free. NULL allowed. */
void reel__server_stop(reel_server *server);

#endif
