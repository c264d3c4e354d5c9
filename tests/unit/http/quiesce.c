/* A daemon whose workers are busy is told to listen no longer, many times: it always comes back,
 * and the socket is the caller's. The library's own function ended the program in one of some
 * hundreds.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "http/quiesce.h"
#include "support/check.h"

enum { ROUNDS = 150, CLIENTS = 4, WORKERS = 4 };

typedef struct traffic {
    atomic_int port;
    atomic_bool over;
} traffic;

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *length, void **state)
{
    static char body[] = "ok";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(2, body, MHD_RESPMEM_PERSISTENT);
    const enum MHD_Result queued = MHD_queue_response(connection, 200, response);

    (void)user, (void)url, (void)method, (void)version, (void)data, (void)length, (void)state;
    MHD_destroy_response(response);
    return queued;
}

static void ask(int port)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = 1};
    char text[512];
    const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(s, (const struct sockaddr *)&address, sizeof address) == 0)
        for (int i = 0; i < 3; i++)
            if (send(s, request, sizeof request - 1, MSG_NOSIGNAL) < 0 ||
                recv(s, text, sizeof text, 0) <= 0)
                break;
    (void)close(s);
}

static void *talk(void *user)
{
    traffic *t = user;

    while (!atomic_load(&t->over))
        ask(atomic_load(&t->port));
    return NULL;
}

static void one_round(void)
{
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
        answer, NULL, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)WORKERS, MHD_OPTION_END);
    traffic t = {.over = false};
    pthread_t clients[CLIENTS];
    MHD_socket listening;

    assert_non_null(daemon);
    t.port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&clients[i], NULL, talk, &t), 0);
    (void)usleep(2000);
    listening = reel__quiesce(daemon);
    assert_true(listening != MHD_INVALID_SOCKET);
    atomic_store(&t.over, true);
    MHD_stop_daemon(daemon);
    assert_int_equal(close(listening), 0);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_join(clients[i], NULL), 0);
}

static void it_always_comes_back(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++)
        one_round();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_always_comes_back)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
