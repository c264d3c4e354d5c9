/* tls.c - see tls.h. A handshake may hold what it was given for a while, so that nothing is freed
 * before the end: a few kilobytes for each renewal.
 */
#include "http/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

enum { CHAIN_MOST = 16 };

const char reel__tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

typedef struct pair {
    struct pair *older;
    gnutls_pcert_st chain[CHAIN_MOST];
    unsigned count;
    gnutls_privkey_t key;
} pair;

struct reel_tls {
    char *certificate, *key;
    pair *newest;
};

static _Atomic(pair *) current;
static atomic_bool taken;

const char *reel__tls_version(void)
{
    static char text[32];

    (void)snprintf(text, sizeof text, "GnuTLS %s", gnutls_check_version(NULL));
    return text;
}

// NOLINTNEXTLINE(readability-function-size): GnuTLS dictates the signature
static int retrieve(gnutls_session_t session, const gnutls_datum_t *issuers, int issuer_count,
                    const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                    gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key)
{
    pair *now = atomic_load(&current);

    (void)session;
    (void)issuers;
    (void)issuer_count;
    (void)algorithms;
    (void)algorithm_count;
    if (now == NULL)
        return -1;
    *chain = now->chain;
    *count = now->count;
    *key = now->key;
    return 0;
}

void *reel__tls_callback(void)
{
    gnutls_certificate_retrieve_function2 *const function = retrieve;
    void *pointer;

    /* C has no cast from a function to an object; POSIX lets the bits be used so. */
    memcpy(&pointer, &function, sizeof pointer);
    return pointer;
}

static void free_pair(pair *old)
{
    if (old == NULL)
        return;
    for (unsigned i = 0; i < old->count; i++)
        gnutls_pcert_deinit(&old->chain[i]);
    if (old->key != NULL)
        gnutls_privkey_deinit(old->key);
    reel__free(old);
}

/* That one can read them and that they belong together. */
static reel_code check_pair(const reel_tls *tls, reel_err *err)
{
    gnutls_certificate_credentials_t trial;
    int status;

    if (gnutls_certificate_allocate_credentials(&trial) != 0)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the certificate");
    status = gnutls_certificate_set_x509_key_file(trial, tls->certificate, tls->key,
                                                  GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(trial);
    if (status < 0)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s with %s: %s; give PEM files, a certificate (with "
                         "those between it and its issuer) and its key",
                         tls->certificate, tls->key, gnutls_strerror(status));
    return REEL_OK;
}

static reel_code read_key(gnutls_privkey_t *out, const char *path, reel_err *err)
{
    reel_file_map file;
    gnutls_datum_t data;
    reel_code rc = reel__file_map_open(&file, path, err);
    int status;

    if (rc != REEL_OK)
        return rc;
    data = (gnutls_datum_t){(unsigned char *)(uintptr_t)file.data, (unsigned)file.size_bytes};
    status = gnutls_privkey_init(out);
    if (status == 0)
        status = gnutls_privkey_import_x509_raw(*out, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (status != 0)
        rc = reel_fail(err, REEL_E_FORMAT, "%s: %s", path, gnutls_strerror(status));
    reel__file_map_close(&file);
    return rc;
}

reel_code reel__tls_again(reel_tls *tls, reel_err *err)
{
    pair *made = NULL;
    unsigned count = CHAIN_MOST;
    reel_code rc;
    int status;

    REEL_TRY(check_pair(tls, err));
    made = reel__alloc_zero(1, sizeof *made);
    if (made == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for the certificate");
        goto out;
    }
    REEL_TRY(read_key(&made->key, tls->key, err));
    status = gnutls_pcert_list_import_x509_file(made->chain, &count, tls->certificate,
                                                GNUTLS_X509_FMT_PEM, NULL, NULL, 0);
    if (status != 0) {
        rc = reel_fail(err, REEL_E_FORMAT, "%s: %s", tls->certificate, gnutls_strerror(status));
        goto out;
    }
    made->count = count;
    made->older = tls->newest;
    tls->newest = made;
    atomic_store(&current, made);
    made = NULL;
out:
    free_pair(made);
    return rc;
}

reel_code reel__tls_new(reel_tls **out, const char *certificate, const char *key, reel_err *err)
{
    reel_tls *made = NULL;
    reel_file_map file;
    reel_code rc;

    *out = NULL;
    if (atomic_exchange(&taken, true))
        return reel_fail(err, REEL_E_CONFLICT, "this process has a certificate already");
    REEL_TRY(reel__file_map_open(&file, certificate, err)); /* whose errors say more */
    reel__file_map_close(&file);
    REEL_TRY(reel__file_map_open(&file, key, err));
    reel__file_map_close(&file);
    made = reel__alloc_zero(1, sizeof *made);
    if (made == NULL || (made->certificate = reel__strdup(certificate)) == NULL ||
        (made->key = reel__strdup(key)) == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for the certificate");
        goto out;
    }
    REEL_TRY(reel__tls_again(made, err));
    *out = made;
    made = NULL;
out:
    reel__tls_free(made);
    if (rc != REEL_OK)
        atomic_store(&taken, false);
    return rc;
}

void reel__tls_free(reel_tls *tls)
{
    if (tls == NULL)
        return;
    atomic_store(&current, NULL);
    while (tls->newest != NULL) {
        pair *older = tls->newest->older;

        free_pair(tls->newest);
        tls->newest = older;
    }
    reel__free(tls->certificate);
    reel__free(tls->key);
    reel__free(tls);
    atomic_store(&taken, false);
}
