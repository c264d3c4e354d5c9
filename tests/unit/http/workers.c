/* Connections go to the worker with the fewest, wait where there are as many as may be, and are let
 * in when they came before the end.
 */
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/workers.h"
#include "support/check.h"

enum { WORKERS = 3, CLIENTS = 30, PATIENCE_MS = 10000, A_MOMENT_MS = 200 };

/* Each answer is the number of the worker that gave it. */
typedef struct house {
    atomic_int started;
    struct {
        struct house *house;
        reel_worker *worker;
        char name[2];
    } room[WORKERS];
    int listening, port;
    reel_workers *workers;
} house;

// NOLINTNEXTLINE(readability-function-size): libmicrohttpd dictates the signature
static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *length, void **state)
{
    char *name = user;
    struct MHD_Response *response;
    enum MHD_Result queued;

    (void)url, (void)method, (void)version, (void)data, (void)length;
    if (*state == NULL) { /* whoever answers before the request is whole has it closed after */
        *state = name;
        return MHD_YES;
    }
    response = MHD_create_response_from_buffer(1, name, MHD_RESPMEM_PERSISTENT);
    queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static void changed(void *user, struct MHD_Connection *connection, void **state,
                    enum MHD_ConnectionNotificationCode what)
{
    (void)connection, (void)state;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        reel__worker_opened(user);
    else
        reel__worker_closed(user);
}

static struct MHD_Daemon *start(void *user, reel_worker *worker)
{
    house *h = user;
    char *name = h->room[atomic_fetch_add(&h->started, 1)].name;

    assert_ptr_equal(reel__worker_user(worker), h);
    name[0] = (char)('0' + atomic_load(&h->started) - 1);
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC,
                            0, NULL, NULL, answer, name, MHD_OPTION_NOTIFY_CONNECTION, changed,
                            worker, MHD_OPTION_END);
}

static void open_house(house *h, int most)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    reel_workers_opts opts = {.count = WORKERS, .most = most, .start = start, .user = h};

    *h = (house){.listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    assert_int_equal(bind(h->listening, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(h->listening, 128), 0);
    assert_int_equal(getsockname(h->listening, (struct sockaddr *)&address, &size), 0);
    h->port = ntohs(address.sin_port);
    opts.listening = h->listening;
    assert_int_equal(reel__workers_begin(&h->workers, &opts, NULL), REEL_OK);
}

static void close_house(house *h)
{
    reel__workers_end(h->workers);
    assert_int_equal(close(h->listening), 0);
}

static int call(const house *h)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)h->port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(s, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(s, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
    return s;
}

static bool is_answered(int s, int ms)
{
    struct pollfd end = {.fd = s, .events = POLLIN};

    return poll(&end, 1, ms) > 0;
}

/* The worker that answers. */
static int hear(int s)
{
    char text[1024];
    ssize_t length;

    assert_true(is_answered(s, PATIENCE_MS));
    length = recv(s, text, sizeof text, 0);
    assert_true(length > 0);
    return text[length - 1] - '0';
}

static void the_fewest_have_the_next(void **state)
{
    house h;
    int client[CLIENTS], worker[CLIENTS], count[WORKERS] = {0};

    (void)state;
    open_house(&h, 1000);
    for (int i = 0; i < CLIENTS; i++) {
        client[i] = call(&h);
        worker[i] = hear(client[i]);
        count[worker[i]]++;
    }
    for (int w = 0; w < WORKERS; w++)
        assert_int_equal(count[w], CLIENTS / WORKERS);
    /* The first worker's leave; all who come are its own until it has as many again. */
    for (int i = 0; i < CLIENTS; i++)
        if (worker[i] == 0)
            (void)close(client[i]);
    for (int i = 0; i < CLIENTS; i++)
        if (worker[i] == 0) {
            do { /* until it has seen that they left */
                client[i] = call(&h);
                worker[i] = hear(client[i]);
                if (worker[i] != 0)
                    (void)close(client[i]);
            } while (worker[i] != 0);
        }
    for (int i = 0; i < CLIENTS; i++)
        (void)close(client[i]);
    close_house(&h);
}

static void who_is_one_too_many_waits(void **state)
{
    house h;
    int first, second, third;

    (void)state;
    open_house(&h, 2);
    first = call(&h);
    second = call(&h);
    (void)hear(first), (void)hear(second);
    third = call(&h);
    assert_false(is_answered(third, A_MOMENT_MS));
    (void)close(first);
    (void)hear(third);
    (void)close(second), (void)close(third);
    close_house(&h);
}

static void who_came_before_the_end_is_let_in(void **state)
{
    house h;
    int client[CLIENTS];

    (void)state;
    open_house(&h, 1000);
    for (int i = 0; i < CLIENTS; i++)
        client[i] = call(&h);
    reel__workers_shut(h.workers);
    for (int i = 0; i < CLIENTS; i++)
        (void)hear(client[i]);
    assert_false(reel__workers_pending(h.workers));
    /* The socket listens still, and nobody lets in. */
    client[0] = (close(client[0]), call(&h));
    assert_false(is_answered(client[0], A_MOMENT_MS));
    for (int i = 0; i < CLIENTS; i++)
        (void)close(client[i]);
    close_house(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fewest_have_the_next),
        cmocka_unit_test(who_is_one_too_many_waits),
        cmocka_unit_test(who_came_before_the_end_is_let_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
