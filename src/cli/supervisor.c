/* supervisor.c - see supervisor.h. */
#include "cli/supervisor.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_FD = 3, FDS_MOST = 8, US_PER_MS = 1000, BEATS = 2, HOUR_MS = 3600000 };

static long number_of(const char *name)
{
    const char *text = getenv(name);
    char *end;
    long value;

    if (text == NULL || *text == '\0')
        return 0;
    value = strtol(text, &end, 10);
    return *end == '\0' && value > 0 ? value : 0;
}

int reel__supervisor_socket(int index)
{
    static int count = -1;

    if (count < 0) {
        const long fds = number_of("LISTEN_FDS");

        count = number_of("LISTEN_PID") == (long)getpid() && fds <= FDS_MOST ? (int)fds : 0;
        (void)unsetenv("LISTEN_PID");
        (void)unsetenv("LISTEN_FDS");
        (void)unsetenv("LISTEN_FDNAMES");
    }
    return index < count ? FIRST_FD + index : -1;
}

void reel__supervisor_tell(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const size_t length = path == NULL ? 0 : strlen(path);
    int fd;

    if (length < 2 || length >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, length);
    if (path[0] == '@') /* a name without a file */
        to.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    (void)close(fd);
}

int reel__supervisor_every_ms(void)
{
    const long pid = number_of("WATCHDOG_PID"), us = number_of("WATCHDOG_USEC");
    const long ms = us / US_PER_MS / BEATS;

    if ((pid != 0 && pid != (long)getpid()) || ms <= 0)
        return 0;
    return ms < HOUR_MS ? (int)ms : HOUR_MS;
}
