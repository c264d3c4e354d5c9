/* What says "locked inside" or "immutable", used by several threads at once; run under the thread
 * sanitizer too.
 */
#include "support/check.h"
#include "support/temp.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "base/tensors.h"
#include "base/thread.h"

enum { THREADS = 4, ROUNDS = 200 };

static void *log_lines(void *argument)
{
    for (int i = 0; i < ROUNDS; i++)
        reel__log(REEL_LOG_ERROR, "line", "thread=%d round=%03d", *(const int *)argument, i);
    return NULL;
}

static void run_threads(void *(*work)(void *), void *arguments[THREADS])
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, arguments[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void log_lines_do_not_mix(void **state)
{
    int numbers[THREADS] = {0, 1, 2, 3}, lines = 0, next[THREADS] = {0};
    void *arguments[THREADS];
    const int kept = dup(STDERR_FILENO);
    const int fd = open(temp_path("log"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char line[200];
    FILE *file;

    (void)state;
    for (int i = 0; i < THREADS; i++)
        arguments[i] = &numbers[i];
    assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    run_threads(log_lines, arguments);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(fd);
    close(kept);
    file = fopen(temp_path("log"), "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *fields = strstr(line, " event=line thread=");
        int thread, round;

        assert_non_null(fields);
        thread = fields[19] - '0';
        assert_in_range(thread, 0, THREADS - 1);
        round = (int)strtol(fields + 27, NULL, 10);
        assert_int_equal(round, next[thread]++); /* each thread's own stay in order */
        lines++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(lines, THREADS * ROUNDS);
    assert_int_equal(reel__log_dropped(), 0);
}

static void *share_tensors(void *argument)
{
    reel_tensors *file = argument;

    for (int i = 0; i < ROUNDS; i++) {
        reel_tensors *mine = reel__tensors_ref(file);
        const void *data = NULL;
        int64_t count = 0;
        reel_err err;
        char *block = reel__alloc_array(100, 1);

        if (reel__tensors_get(mine, "", "a", REEL_U8, &data, &count, &err) != REEL_OK ||
            memcmp(data, "abc", 3) != 0 || block == NULL)
            abort();
        reel__free(block);
        reel__tensors_free(mine);
    }
    reel__tensors_free(file);
    return NULL;
}

static void the_last_owner_closes(void **state)
{
    const long live = reel__alloc_live();
    reel_tensors_writer *writer;
    reel_tensors *file;
    void *arguments[THREADS];
    reel_err err;

    (void)state;
    assert_ok(reel__tensors_writer_new(&writer, &err));
    assert_ok(reel__tensors_add(writer, "a", REEL_U8, "abc", 3, &err));
    assert_ok(reel__tensors_write(writer, temp_path("shared.reel"), &err));
    reel__tensors_writer_free(writer);
    assert_ok(reel__tensors_open(&file, temp_path("shared.reel"), &err));
    for (int i = 0; i < THREADS; i++)
        arguments[i] = reel__tensors_ref(file);
    reel__tensors_free(file);
    run_threads(share_tensors, arguments);
    assert_int_equal(reel__alloc_live(), live);
}

static void *see_mask(void *argument)
{
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, argument), 0);
    return NULL;
}

static void a_thread_beside_takes_no_signals(void **state)
{
    sigset_t seen, own;
    pthread_t thread;

    (void)state;
    assert_int_equal(reel__thread_start(&thread, see_mask, &seen), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(sigismember(&seen, SIGTERM), 1);
    assert_int_equal(sigismember(&seen, SIGHUP), 1);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &own), 0);
    assert_int_equal(sigismember(&own, SIGTERM), 0); /* its maker's are as they were */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_lines_do_not_mix),
        cmocka_unit_test(the_last_owner_closes),
        cmocka_unit_test(a_thread_beside_takes_no_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
