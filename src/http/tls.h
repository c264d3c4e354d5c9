/* http/tls.h - the certificate that connections are encrypted with (over GnuTLS), which can be read
 * again while they go on.
 * Layer: http. Threads: one has it; connections on any thread take what is newest. There is one in
 * a process, since GnuTLS asks for it without saying whose it is.
 */
#ifndef REEL_HTTP_TLS_H
#define REEL_HTTP_TLS_H

#include "reel/err.h"

typedef struct reel_tls reel_tls;

/* Both are PEM files; the certificate with those between it and its issuer, as nginx takes them.
 * Errors: E_NOTFOUND, E_DENIED, E_FORMAT (no certificate, no key, or not of each other), E_CONFLICT
 * (there is one already), E_NOMEM; each names the file. */
REEL_MUST_USE reel_code reel__tls_new(reel_tls **out, const char *certificate, const char *key,
                                      reel_err *err);
/* Read them again, for connections from now on. On failure the older stay. */
REEL_MUST_USE reel_code reel__tls_again(reel_tls *tls, reel_err *err);
void reel__tls_free(reel_tls *tls); /* NULL allowed; no connection may be left */

/* What libmicrohttpd is given: a gnutls_certificate_retrieve_function2, and TLS 1.2 or 1.3. */
void *reel__tls_callback(void);
extern const char reel__tls_priorities[];
/* "GnuTLS 3.7.9" */
const char *reel__tls_version(void);

#endif
