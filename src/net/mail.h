/* net/mail.h - letters by SMTP over libcurl: encrypted (smtps, or STARTTLS which must be there
 * unless the server is this machine), with a login where one is given. Layer: net. Threads: no
 * state.
 */
#ifndef REEL_NET_MAIL_H
#define REEL_NET_MAIL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct reel_mail_server {
    const char *url;             /* smtp://host:port or smtps://host:port */
    const char *user, *password; /* "" = no login; never part of a message */
    const char *from;            /* an address, or: Reel <reel@example.org> */
    int timeout_ms;              /* for all of one letter; 0 = 60000 */
    const atomic_bool *cancel;   /* NULL = never */
} reel_mail_server;

/* What can be known without asking anybody. Errors: E_INVALID naming the setting. */
REEL_MUST_USE reel_code reel__mail_server_check(const reel_mail_server *server, reel_err *err);
/* Connect, encrypt and log in, and send nothing. Errors: E_STORE saying what the server said. */
REEL_MUST_USE reel_code reel__mail_server_try(const reel_mail_server *server, reel_err *err);

/* An address that needs no quotes: printable ASCII, at most 254 characters, a host with a dot.
 * Errors: E_INVALID saying what is wrong. */
REEL_MUST_USE reel_code reel__mail_address_check(const char *address, reel_err *err);

typedef struct reel_letter {
    const char *to, *subject, *text; /* the last two UTF-8; lines of the text end in \n */
    int64_t time;                    /* seconds since 1970 */
    const char *id;                  /* letters and digits that no other letter has */
} reel_letter;

/* The letter as it goes over the wire (RFC 5322, 2045, 2047): whatever subject and text hold, they
 * are no headers. Errors: E_INVALID (an address), E_NOMEM. */
REEL_MUST_USE reel_code reel__mail_write(reel_buf *out, const reel_mail_server *server,
                                         const reel_letter *letter, reel_err *err);

typedef enum reel_mail_fate {
    REEL_MAIL_SENT,  /* the server has it */
    REEL_MAIL_LATER, /* try again: no answer, 4xx, or a login or certificate that may be mended */
    REEL_MAIL_NEVER  /* the server will not take it: 5xx */
} reel_mail_fate;
/* Errors: E_STORE with fate, E_CANCELLED, E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__mail_send(const reel_mail_server *server, const reel_letter *letter,
                                        reel_mail_fate *fate, reel_err *err);

#endif
