/* support/heard.h - what a thread of the program told the person at the door, for tests that wait
 * for it.
 */
#ifndef REEL_SUPPORT_HEARD_H
#define REEL_SUPPORT_HEARD_H

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/check.h"

static char heard_text[1 << 14];
static pthread_mutex_t heard_lock = PTHREAD_MUTEX_INITIALIZER;

/* The line of a reel_notice. */
static inline void hear(void *user, const char *line)
{
    size_t at;

    (void)user;
    pthread_mutex_lock(&heard_lock);
    at = strlen(heard_text);
    (void)snprintf(heard_text + at, sizeof heard_text - at, "%s\n", line);
    pthread_mutex_unlock(&heard_lock);
}

static inline bool was_said(const char *part)
{
    bool found;

    pthread_mutex_lock(&heard_lock);
    found = strstr(heard_text, part) != NULL;
    pthread_mutex_unlock(&heard_lock);
    return found;
}

static inline void forget_what_was_said(void)
{
    pthread_mutex_lock(&heard_lock);
    heard_text[0] = '\0';
    pthread_mutex_unlock(&heard_lock);
}

static inline void wait_for(const char *part)
{
    enum { PATIENCE_MS = 20000 };

    for (int ms = 0; ms < PATIENCE_MS && !was_said(part); ms++)
        (void)usleep(1000);
    if (!was_said(part))
        fail_msg("never said: %s", part);
}

#endif
