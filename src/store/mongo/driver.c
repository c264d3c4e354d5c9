/* driver.c - see driver.h. */
#include "store/mongo/driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static const char library[] = "libmongoc-1.0.so.0";

reel_mongoc reel__mongoc;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *missing; /* NULL: all are there */

static void ignore_line(mongoc_log_level_t level, const char *domain, const char *message,
                        void *user)
{
    (void)level;
    (void)domain;
    (void)message;
    (void)user;
}

/* A pointer to a function comes as one to data, which C has no conversion for. */
static bool find(void *handle, const char *name, void *function, size_t size)
{
    void *found = dlsym(handle, name);

    memcpy(function, &found, size);
    if (found == NULL)
        missing = name;
    return found != NULL;
}

/* It stays: its threads may run until the process ends, and it cleans up then by itself. */
static void load(void)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

    if (handle == NULL) {
        missing = "the library itself";
        return;
    }
#define FIND(name)                                                                                 \
    if (!find(handle, "mongoc_" #name, &reel__mongoc.name, sizeof reel__mongoc.name))              \
        return;
    REEL_MONGOC_FUNCTIONS(FIND)
#undef FIND
    /* What goes wrong is in the errors of the calls; only doors log. */
    reel__mongoc.log_set_handler(ignore_line, NULL);
}

reel_code reel__mongoc_load(reel_err *err)
{
    (void)pthread_once(&once, load);
    if (missing != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "MONGODB_URI is set and %s lacks %s; install MongoDB's C driver 1.17 or "
                         "newer (Debian: libmongoc-1.0-0), or take the setting away",
                         library, missing);
    return REEL_OK;
}
