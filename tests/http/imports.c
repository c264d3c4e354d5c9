/* Files that people import wait for a thread of their own: those who serve go on meanwhile, and
 * only when too many wait one is told to come again. Over real sockets.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/api.h"
#include "http/server.h"

enum { ANSWER = 1 << 16, MANY = REEL_ASIDE_WAITING + 1 };

static const char csv[] = "Date,Name,Year,Letterboxd URI,Rating\n"
                          "2020-01-01,Heat,1995,https://boxd.it/1,4.5\n";

static reel_server *server;
static uint16_t port;

/* ---- a client ------------------------------------------------------------------------------ */

static int begin_call(const char *method, const char *target, const char *body)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    char request[1024];
    const int length = snprintf(request, sizeof request,
                                "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                "Content-Type: text/csv\r\nContent-Length: %zu\r\n\r\n%s",
                                method, target, strlen(body), body);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, request, (size_t)length, MSG_NOSIGNAL), length);
    return fd;
}

/* All of the answer; its status. */
static int hear(int fd, char *out)
{
    size_t used = 0;
    ssize_t got;

    while ((got = recv(fd, out + used, ANSWER - 1 - used, 0)) > 0)
        used += (size_t)got;
    out[used] = '\0';
    assert_int_equal(close(fd), 0);
    assert_memory_equal(out, "HTTP/1.1 ", 9);
    return (int)strtol(out + 9, NULL, 10);
}

/* ---- a thread that is held up -------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool begun, open;
} gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false};

static void hold(void *user)
{
    (void)user;
    pthread_mutex_lock(&gate.lock);
    gate.begun = true;
    pthread_cond_broadcast(&gate.changed);
    while (!gate.open)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
}

static void hold_up(void)
{
    assert_true(reel__aside_run(reel__feedback_aside(api.app.feedback), hold, NULL));
    pthread_mutex_lock(&gate.lock);
    while (!gate.begun)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
}

static void let_go(void)
{
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
}

/* ---- what is shown ------------------------------------------------------------------------- */

static void imports_hold_nobody_up(void **state)
{
    static char answer[ANSWER];
    struct pollfd all[MANY];
    int refused = 0;

    (void)state;
    hold_up();
    for (int i = 0; i < MANY; i++)
        all[i] = (struct pollfd){.fd = begin_call("POST", "/api/v1/people/18/ratings:import", csv),
                                 .events = POLLIN};
    assert_int_equal(poll(all, MANY, 60000), 1); /* one is too many */
    for (int i = 0; i < MANY; i++)
        if (all[i].revents != 0) {
            assert_int_equal(hear(all[i].fd, answer), 503);
            assert_non_null(strstr(answer, "Retry-After: "));
            assert_non_null(strstr(answer, "E_BUSY"));
            all[i].fd = -1;
            refused++;
        }
    assert_int_equal(refused, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(hear(begin_call("GET", "/api/v1/movies/1", ""), answer), 200);
    assert_int_equal(poll(all, MANY, 0), 0);
    let_go();
    for (int i = 0; i < MANY; i++)
        if (all[i].fd >= 0) {
            assert_int_equal(hear(all[i].fd, answer), 200);
            assert_non_null(strstr(answer, "\"format\":\"Letterboxd\",\"rows\":1,"));
        }
    assert_int_equal(
        hear(begin_call("POST", "/api/v1/people/18/ratings:import", "what is this?"), answer),
        422); /* what is found out aside is told, too */
}

static int start(void **state)
{
    const reel_server_opts opts = {.listen = "127.0.0.1:0", .threads = 2};
    reel_err err = {0};

    (void)api_start(state);
    assert_ok(reel__server_new(&server, &opts, &err));
    assert_ok(reel__server_start(server, &api.app, &err));
    port = (uint16_t)strtol(strrchr(reel__server_url(server), ':') + 1, NULL, 10);
    return 0;
}

static int stop(void **state)
{
    let_go();
    reel__server_stop(server);
    return api_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_hold_nobody_up),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
