/* http/headers.h - what a request's headers say, out of libmicrohttpd. Layer: http. Threads: the
 * one that serves the connection.
 */
#ifndef REEL_HTTP_HEADERS_H
#define REEL_HTTP_HEADERS_H

#include <microhttpd.h>

#include "http/exchange.h"
#include "http/peer.h"

/* What handlers look at; the texts live as long as the request. */
void reel__headers_read(reel_exchange *exchange, struct MHD_Connection *connection);

/* Who asks, and what they call the request. Whether it came through a trusted proxy. tls: this
 * server encrypts. */
bool reel__headers_caller(reel_exchange *exchange, struct MHD_Connection *connection,
                          const reel_proxies *proxies, bool tls);

#endif
