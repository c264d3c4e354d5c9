/* http/peer.h - who is at the other end of a request: the address, and whether what it said came
 * encrypted, also through proxies where these are trusted to say so. This is the one place that
 * reads X-Forwarded-For, X-Forwarded-Proto and Forwarded (RFC 7239).
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_PEER_H
#define REEL_HTTP_PEER_H

#include <stdbool.h>
#include <sys/socket.h>

#include "reel/err.h"

enum { REEL_PROXIES_MAX = 32, REEL_ADDRESS_TEXT = 48 };

/* IPv6; an IPv4 address as ::ffff:a.b.c.d, so that both are compared alike. */
typedef struct reel_address {
    unsigned char bytes[16];
} reel_address;

/* 127.0.0.0/8, ::1 */
bool reel__address_is_loopback(const reel_address *address);
/* What one customer has of the net: of an IPv6 address its /64, an IPv4 address as it is. */
void reel__address_network(reel_address *out, const reel_address *address);

/* The networks whose word about others is taken. */
typedef struct reel_proxies {
    struct {
        reel_address address;
        int bits; /* that must be equal, of 128 */
    } network[REEL_PROXIES_MAX];
    int count;
} reel_proxies;

typedef struct reel_client {
    reel_address address;
    char text[REEL_ADDRESS_TEXT]; /* "192.0.2.7", "2001:db8::1"; "-" where there is none */
    bool https;
    bool doubted; /* two headers named different clients: the address is the proxy's */
    bool own;     /* reel__client_is_own, where that was asked */
} reel_client;

/* The network of its address, to count by: "192.0.2.7", "2001:0db8:0000:0001/64". */
void reel__client_network(char out[REEL_ADDRESS_TEXT], const reel_client *client);

/* What proxies said, as the headers' values joined by commas; each may be NULL. */
typedef struct reel_forwarded {
    const char *x_for, *x_proto, *forwarded;
} reel_forwarded;

/* Addresses and networks, parted by commas or blanks: "127.0.0.1, 10.0.0.0/8 2001:db8::/32".
 * Errors: E_INVALID naming the one that is none. */
REEL_MUST_USE reel_code reel__proxies_read(reel_proxies *out, const char *text, reel_err *err);
bool reel__proxies_have(const reel_proxies *proxies, const reel_address *address);

/* The other end of a socket as it stands. */
void reel__client_peer(reel_client *out, const struct sockaddr *peer, bool tls);
/* The client behind the proxies, when out is one: the last address that no trusted proxy has, read
 * from the right, since everything left of it may be invented. Where the two headers name different
 * ones, one of them was sent by the client itself, and the proxy's address stays. */
void reel__client_behind(reel_client *out, const reel_proxies *proxies, const reel_forwarded *said);
/* Whether it is this machine, or one of the proxies itself and nobody who came through it: whoever
 * has a proxy doubted did. */
bool reel__client_is_own(const reel_client *client, const reel_proxies *proxies);

#endif
