/* http/connections.h - who is connected: how many from one address (behind a proxy: how many
 * requests of one address are under way), and how long each takes over
 * what it is doing. libmicrohttpd ends a connection that is silent; one that sends a byte now and
 * then it would wait for without end. Here each has a time for the whole of a request, and for the
 * whole of an answer; whoever takes longer is cut off.
 * Layer: http. Threads: locked inside; an entry is told by the thread that serves the connection.
 */
#ifndef REEL_HTTP_CONNECTIONS_H
#define REEL_HTTP_CONNECTIONS_H

#include <stddef.h>

#include "http/peer.h"

typedef struct reel_connections reel_connections;
typedef struct reel_connection reel_connection;

typedef struct reel_connections_opts {
    int timeout_s; /* for a request to come whole; and for an answer, a second more for 16 KiB */
    int idle_s;    /* between an answer and the next request */
    int most;      /* from one address (an IPv6 /64 is one), through proxies or not; 0 = no limit */
} reel_connections_opts;

/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__connections_new(reel_connections **out,
                                              const reel_connections_opts *opts, reel_err *err);
void reel__connections_free(reel_connections *connections); /* NULL allowed; none may be left */

/* Whether one more from this address may come in. */
bool reel__connections_admit(reel_connections *connections, const reel_address *address);
/* The same for a request that comes through a proxy, whose own connections are not counted: it
 * counts as one from its address until it has left. *out stays NULL where nothing is counted.
 * Errors: E_BUSY (so many are under way), E_NOMEM. */
typedef struct reel_host reel_host;
REEL_MUST_USE reel_code reel__connections_enter(reel_host **out, reel_connections *connections,
                                                const reel_address *address, reel_err *err);
void reel__connections_leave(reel_connections *connections, reel_host *host); /* NULL allowed */
/* fd is the connection's, open until it is removed; plain: it may be told why it is cut off.
 * NULL: no memory. */
reel_connection *reel__connections_add(reel_connections *connections, const reel_address *address,
                                       int fd, bool plain);
void reel__connections_remove(reel_connections *connections, reel_connection *connection);
int reel__connections_count(reel_connections *connections);
/* Whether a request, or a part of one, came that no thread has read yet. Cost: a call of the system
 * for each connection. */
bool reel__connections_unread(reel_connections *connections);

/* In each, connection may be NULL. What it is doing from now on: */
void reel__connection_receives(reel_connection *connection); /* a request began */
void reel__connection_received(reel_connection *connection, size_t bytes);
/* The request is whole, and answered in whatever time that takes. False: too late, it was cut. */
bool reel__connection_works(reel_connection *connection);
/* bytes: of the whole answer. */
void reel__connection_sends(reel_connection *connection, size_t bytes);
/* The same for an answer of which nobody knows the end: it may take as long as it likes, while what
 * was sent of it is taken. */
void reel__connection_streams(reel_connection *connection);
/* Whether it may go on, with so many bytes more. */
bool reel__connection_goes_on(reel_connection *connection, size_t bytes);
void reel__connection_rests(reel_connection *connection); /* until the next request */
bool reel__connection_was_cut(const reel_connection *connection);

#endif
