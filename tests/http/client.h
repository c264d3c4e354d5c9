/* http/client.h - a client on a socket of its own, for tests with several threads: cmocka's checks
 * belong to one thread, so it only says what it got.
 * Threads: one thread at a time for each client.
 */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENT_ANSWER = 1 << 17 };

typedef struct web_client {
    int fd;
    size_t used;              /* bytes of room that were received */
    char room[CLIENT_ANSWER]; /* the last answer; its body is closed by a NUL */
} web_client;

static inline bool client_open(web_client *client, uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};

    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    return client->fd >= 0 &&
           connect(client->fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static inline void client_close(web_client *client)
{
    if (client->fd >= 0)
        (void)close(client->fd);
    client->fd = -1;
}

/* One request on the open connection; the status, or -1. *body is in the client's room. */
static inline int client_get(web_client *client, const char *target, const char **body)
{
    char request[1024];
    const int size =
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
    const char *end = NULL, *length;
    size_t whole = CLIENT_ANSWER;

    client->used = 0;
    if (send(client->fd, request, (size_t)size, MSG_NOSIGNAL) != size)
        return -1;
    while (client->used < whole) {
        const ssize_t got =
            recv(client->fd, client->room + client->used, CLIENT_ANSWER - 1 - client->used, 0);

        if (got <= 0)
            return -1;
        client->used += (size_t)got;
        client->room[client->used] = '\0';
        if (end != NULL || (end = strstr(client->room, "\r\n\r\n")) == NULL)
            continue;
        length = strcasestr(client->room, "\r\nContent-Length: ");
        if (length == NULL || length > end)
            return -1;
        whole = (size_t)(end + 4 - client->room) + strtoul(length + 18, NULL, 10);
        if (whole >= CLIENT_ANSWER)
            return -1;
    }
    *body = end + 4;
    return (int)strtol(client->room + 9, NULL, 10);
}

#endif
