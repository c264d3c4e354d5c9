/* service/accounts/mailer.h - the thread that sends what waits in the store: resets and
 * confirmations. Whoever asks is answered before; nothing that was asked for is lost with the
 * process, and of several servers one sends each. Where no mail server is known, the operator is
 * told instead. Layer: service. Ownership: opened and closed by the door. Threads: locked inside.
 */
#ifndef REEL_SERVICE_MAILER_H
#define REEL_SERVICE_MAILER_H

#include "net/mail.h"
#include "service/accounts/accounts.h"
#include "service/engine/engine.h"

typedef struct reel_mailer reel_mailer;

typedef struct reel_mailer_opts {
    reel_store *store;       /* borrowed, like the texts below */
    reel_accounts *accounts; /* borrowed */
    reel_mail_server server; /* url NULL: no mail is sent */
    const char *public_url;  /* where people reach the pages */
    reel_notice notice;      /* what became of each, from the thread: never a token */
    int pause_ms;            /* after a first failure, then four times as long each; 0 = 500 */
} reel_mailer_opts;

/* Errors: E_INVALID naming the setting, E_NOMEM. */
REEL_MUST_USE reel_code reel__mailer_open(reel_mailer **out, const reel_mailer_opts *opts,
                                          reel_err *err);
/* What is being sent is broken off, and sent by the next one. NULL allowed. */
void reel__mailer_close(reel_mailer *mailer);
/* Something was asked for: look now. NULL allowed. */
void reel__mailer_look(reel_mailer *mailer);
/* Whether mail is sent here at all. NULL allowed. */
bool reel__mailer_sends(const reel_mailer *mailer);

/* The settings of the environment: REEL_SMTP_URL, REEL_SMTP_USER, REEL_SMTP_PASSWORD,
 * REEL_MAIL_FROM, REEL_PUBLIC_URL. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__mailer_settings(reel_mailer_opts *out, reel_err *err);

#endif
