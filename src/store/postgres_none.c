/* postgres_none.c - what stands in for the PostgreSQL back end where libpq is missing. */
#include <stdio.h>

#include "store/vtable.h"

reel_code reel__postgres_open(reel_store **out, const char *url, const reel_store_opts *opts,
                              reel_err *err)
{
    (void)url;
    (void)opts;
    *out = NULL;
    return reel_fail(err, REEL_E_INVALID,
                     "database \"postgresql://...\": this program was built without PostgreSQL; "
                     "install libpq-dev and build it again, or give the path of a SQLite file");
}

void reel__postgres_name(char out[REEL_STORE_NAME], const char *url)
{
    (void)url;
    (void)snprintf(out, REEL_STORE_NAME, "postgresql://...");
}
