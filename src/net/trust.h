/* net/trust.h - whose certificates are believed. Layer: net.
 */
#ifndef REEL_NET_TRUST_H
#define REEL_NET_TRUST_H

#include <curl/curl.h>
#include <stddef.h>

#include "base/env.h"

/* SSL_CERT_FILE instead of the system's, as programs on OpenSSL know it: libcurl on GnuTLS does
 * not. */
static inline void reel__net_trust(CURL *curl)
{
    const char *file = reel__env_get("SSL_CERT_FILE", NULL);

    if (file != NULL)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, file);
}

#endif
