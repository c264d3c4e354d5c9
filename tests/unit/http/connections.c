/* How many come from one address, and how long each may take. */
#include "support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "http/connections.h"

static reel_connections *made(int timeout_s, int most)
{
    const reel_connections_opts opts = {timeout_s, 2, most};
    reel_connections *connections;
    reel_err err = {0};

    assert_ok(reel__connections_new(&connections, &opts, &err));
    return connections;
}

static reel_address address_of(const char *text)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    reel_client client;

    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    reel__client_peer(&client, (const struct sockaddr *)&v6, false);
    return client.address;
}

static void addresses_are_counted(void **state)
{
    const reel_address first = address_of("::ffff:192.0.2.1"),
                       next = address_of("::ffff:192.0.2.2"), six = address_of("2001:db8::1"),
                       near = address_of("2001:db8::ffff:2"), far = address_of("2001:db8:0:1::1");
    reel_connections *connections = made(1, 2);
    reel_connection *held[4];

    (void)state;
    assert_true(reel__connections_admit(connections, &first));
    held[0] = reel__connections_add(connections, &first, -1, true);
    assert_true(reel__connections_admit(connections, &first));
    held[1] = reel__connections_add(connections, &first, -1, true);
    assert_false(reel__connections_admit(connections, &first));
    assert_true(reel__connections_admit(connections, &next));
    held[2] = reel__connections_add(connections, &six, -1, true);
    held[3] = reel__connections_add(connections, &near, -1, true);
    assert_false(reel__connections_admit(connections, &near));
    assert_true(reel__connections_admit(connections, &far));
    assert_int_equal(reel__connections_count(connections), 4);
    reel__connections_remove(connections, held[1]);
    assert_true(reel__connections_admit(connections, &first));
    reel__connections_remove(connections, held[0]);
    reel__connections_remove(connections, held[3]);
    reel__connections_remove(connections, held[2]);
    reel__connections_remove(connections, NULL);
    assert_int_equal(reel__connections_count(connections), 0);
    reel__connections_free(connections);
    reel__connections_free(NULL);
}

/* Behind a proxy, with connections of their own or without. */
static void requests_of_an_address_are_counted(void **state)
{
    const reel_address first = address_of("::ffff:192.0.2.1"),
                       next = address_of("::ffff:192.0.2.2");
    reel_connections *connections = made(1, 2), *any = made(1, 0);
    reel_host *held[3] = {NULL}, *none = NULL;
    reel_connection *direct;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__connections_enter(&held[0], connections, &first, &err));
    assert_ok(reel__connections_enter(&held[1], connections, &first, &err));
    assert_fails(reel__connections_enter(&none, connections, &first, &err), REEL_E_BUSY,
                 "under way");
    assert_null(none);
    assert_false(reel__connections_admit(connections, &first));
    assert_ok(reel__connections_enter(&held[2], connections, &next, &err));
    reel__connections_leave(connections, held[1]);
    assert_true(reel__connections_admit(connections, &first));
    direct = reel__connections_add(connections, &first, -1, true);
    assert_fails(reel__connections_enter(&none, connections, &first, &err), REEL_E_BUSY,
                 "under way");
    reel__connections_remove(connections, direct);
    reel__connections_leave(connections, held[0]);
    reel__connections_leave(connections, held[2]);
    reel__connections_leave(connections, NULL);
    reel__alloc_fail_after(0);
    assert_fails(reel__connections_enter(&none, connections, &first, &err), REEL_E_NOMEM,
                 "no memory");
    reel__alloc_fail_after(-1);
    for (int i = 0; i < 9; i++)
        assert_ok(reel__connections_enter(&none, any, &first, &err));
    assert_null(none);
    reel__connections_free(any);
    reel__connections_free(connections);
}

/* Whether the other end was shut down within so many milliseconds; what it was told is in said. */
static bool ends(int fd, int ms, char said[512])
{
    struct pollfd from = {.fd = fd, .events = POLLIN};
    ssize_t got = 0, more;

    if (poll(&from, 1, ms) == 0)
        return false;
    while ((more = read(fd, said + got, 511 - (size_t)got)) > 0)
        got += more;
    said[got] = '\0';
    return true;
}

static void whoever_takes_too_long_is_cut(void **state)
{
    const reel_address address = address_of("::1");
    reel_connections *connections = made(1, 0);
    reel_connection *entry[6];
    int fd[6][2];
    char said[512];

    (void)state;
    for (int i = 0; i < 6; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
        entry[i] = reel__connections_add(connections, &address, fd[i][0], i != 2);
        assert_non_null(entry[i]);
    }
    reel__connection_receives(entry[1]);
    reel__connection_receives(entry[2]); /* encrypted: it cannot be told */
    reel__connection_receives(entry[3]);
    assert_true(reel__connection_works(entry[3])); /* at work: no limit */
    reel__connection_receives(entry[4]);
    reel__connection_received(entry[4], 64 << 20); /* much came: it may go on */
    reel__connection_sends(entry[5], 1);
    assert_false(ends(fd[1][1], 500, said));
    assert_true(ends(fd[0][1], 5000, said)); /* no request at all */
    assert_string_equal(said, "");
    assert_true(ends(fd[1][1], 5000, said));
    assert_int_equal(strncmp(said, "HTTP/1.1 408 Request Timeout\r\n", 30), 0);
    assert_true(ends(fd[2][1], 5000, said));
    assert_string_equal(said, "");
    assert_true(ends(fd[5][1], 5000, said));
    assert_string_equal(said, "");
    assert_true(reel__connection_was_cut(entry[1]));
    assert_false(reel__connection_works(entry[1]));
    reel__connection_rests(entry[1]); /* which does not bring it back */
    assert_true(reel__connection_was_cut(entry[1]));
    assert_false(ends(fd[3][1], 0, said));
    assert_false(ends(fd[4][1], 0, said));
    reel__connection_rests(entry[3]);
    assert_false(ends(fd[3][1], 1000, said));
    assert_true(ends(fd[3][1], 5000, said));
    for (int i = 0; i < 6; i++) {
        reel__connections_remove(connections, entry[i]);
        close(fd[i][0]);
        close(fd[i][1]);
    }
    reel__connections_free(connections);
}

/* Events are few and small: nobody waits for room to send them, so each new one must not be new
 * time for who took none of those before. */
static void who_takes_no_events_is_cut(void **state)
{
    const reel_address address = address_of("::1");
    reel_connections *connections = made(1, 0);
    reel_connection *entry[2];
    int fd[2][2];
    char said[512];
    const int64_t begun = reel__clock_steady_us();
    bool cut = false;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
        entry[i] = reel__connections_add(connections, &address, fd[i][0], true);
        assert_non_null(entry[i]);
        reel__connection_streams(entry[i]);
    }
    while (!cut && reel__clock_steady_us() < begun + 20000000) {
        assert_true(reel__connection_goes_on(entry[0], 5));
        assert_int_equal(write(fd[0][0], "event", 5), 5);
        assert_int_equal(read(fd[0][1], said, 5), 5);
        cut = !reel__connection_goes_on(entry[1], 5);
        if (!cut)
            (void)send(fd[1][0], "event", 5, MSG_NOSIGNAL);
        assert_false(ends(fd[0][1], 20, said));
    }
    assert_true(cut);
    assert_true(reel__clock_steady_us() >= begun + 1000000);
    /* One who took all may wait for as long as nothing happens. */
    assert_false(ends(fd[0][1], 1500, said));
    assert_false(reel__connection_was_cut(entry[0]));
    for (int i = 0; i < 2; i++) {
        reel__connections_remove(connections, entry[i]);
        close(fd[i][0]);
        close(fd[i][1]);
    }
    reel__connections_free(connections);
}

static void no_entry_is_no_limit(void **state)
{
    (void)state;
    reel__connection_receives(NULL);
    reel__connection_received(NULL, 1);
    reel__connection_sends(NULL, 1);
    reel__connection_streams(NULL);
    assert_true(reel__connection_goes_on(NULL, 1));
    reel__connection_rests(NULL);
    assert_true(reel__connection_works(NULL));
    assert_false(reel__connection_was_cut(NULL));
}

static void without_memory_nobody_is_added(void **state)
{
    const reel_address address = address_of("::1");
    reel_connections *connections;
    const reel_connections_opts opts = {1, 1, 1};
    reel_err err = {0};

    (void)state;
    reel__alloc_fail_after(0);
    assert_fails(reel__connections_new(&connections, &opts, &err), REEL_E_NOMEM, "no memory");
    reel__alloc_fail_after(-1);
    connections = made(1, 1);
    for (int n = 0; n < 2; n++) {
        reel__alloc_fail_after(n);
        assert_null(reel__connections_add(connections, &address, -1, true));
        reel__alloc_fail_after(-1);
        assert_true(reel__connections_admit(connections, &address));
    }
    assert_int_equal(reel__connections_count(connections), 0);
    reel__connections_free(connections);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_counted),
        cmocka_unit_test(requests_of_an_address_are_counted),
        cmocka_unit_test(whoever_takes_too_long_is_cut),
        cmocka_unit_test(who_takes_no_events_is_cut),
        cmocka_unit_test(no_entry_is_no_limit),
        cmocka_unit_test(without_memory_nobody_is_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
