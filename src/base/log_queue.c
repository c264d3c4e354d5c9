/* log_queue.c - lines on their way to the thread that writes them: a ring of bytes, each line after
 * its length. Whoever logs holds the lock while a line is copied, and never while one is written.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_priv.h"
#include "base/thread.h"

/* One write takes whole lines and no more than a pipe takes undivided. */
enum { ROOM = 1 << 20, BATCH = PIPE_BUF, LOOK_MS = 50, STOP_US = 1000000 };
enum { GATHER_NS = 5000000 }; /* waking up costs more than a line: a few come together first */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    pthread_t writer;
    bool running, waiting, stopping;
    int64_t stop_at;
    size_t begin, used; /* bytes of room */
    int64_t lost, told; /* lines that found no room; how many of them the log knows of */
    unsigned char room[ROOM];
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};

typedef struct batch {
    size_t length;
    int lines;
    char text[REEL_LOG_LINE_MOST];
} batch;

/* ---- the ring, under the lock -------------------------------------------------------------- */

static void put(const void *data, size_t length)
{
    const size_t at = (queue.begin + queue.used) % ROOM;
    const size_t first = length < ROOM - at ? length : ROOM - at;

    memcpy(queue.room + at, data, first);
    memcpy(queue.room, (const char *)data + first, length - first);
    queue.used += length;
}

static void look(void *out, size_t length)
{
    const size_t first = length < ROOM - queue.begin ? length : ROOM - queue.begin;

    memcpy(out, queue.room + queue.begin, first);
    memcpy((char *)out + first, queue.room, length - first);
}

static void drop_first(size_t length)
{
    queue.begin = (queue.begin + length) % ROOM;
    queue.used -= length;
}

static void take(batch *out)
{
    out->length = 0;
    out->lines = 0;
    while (queue.used > 0) {
        uint32_t length;

        look(&length, sizeof length);
        if (out->lines > 0 && out->length + length > BATCH)
            return;
        drop_first(sizeof length);
        look(out->text + out->length, length);
        drop_first(length);
        out->length += length;
        out->lines++;
    }
}

bool reel__log_queue(const char *line, size_t length)
{
    const uint32_t size = (uint32_t)length;
    bool taken = true;

    if (pthread_mutex_lock(&queue.lock) != 0)
        return false;
    if (!queue.running) {
        taken = false;
    } else if (length > REEL_LOG_LINE_MOST || queue.used + sizeof size + length > ROOM) {
        queue.lost++;
        reel__log_drop(1);
    } else {
        put(&size, sizeof size);
        put(line, length);
        if (queue.waiting)
            (void)pthread_cond_signal(&queue.filled);
        queue.waiting = false;
    }
    (void)pthread_mutex_unlock(&queue.lock);
    return taken;
}

/* ---- the thread ---------------------------------------------------------------------------- */

static bool is_late(void)
{
    bool late;

    (void)pthread_mutex_lock(&queue.lock);
    late = queue.stopping && reel__clock_steady_us() > queue.stop_at;
    (void)pthread_mutex_unlock(&queue.lock);
    return late;
}

/* Only when it will not wait: a reader that has stopped must not keep the process from ending. */
static bool write_batch(const batch *lines)
{
    struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
    size_t done = 0;

    while (done < lines->length) {
        const size_t left = lines->length - done;
        ssize_t written;

        if (is_late())
            return false;
        if (poll(&to, 1, LOOK_MS) <= 0)
            continue;
        written = write(STDERR_FILENO, lines->text + done, left < BATCH ? left : BATCH);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || (errno != EINTR && errno != EAGAIN))
            return false;
    }
    return true;
}

/* How many lines found no room since it was last told; 0 while there is little. */
static int64_t untold(void)
{
    int64_t lost = 0;

    (void)pthread_mutex_lock(&queue.lock);
    if (queue.used < ROOM / 2 && !queue.stopping) {
        lost = queue.lost - queue.told;
        queue.told = queue.lost;
    }
    (void)pthread_mutex_unlock(&queue.lock);
    return lost;
}

/* The next lines; none when it is time to stop. */
static void wait_for(batch *out)
{
    const struct timespec gather = {.tv_nsec = GATHER_NS};
    bool waited;

    (void)pthread_mutex_lock(&queue.lock);
    queue.waiting = queue.used == 0 && !queue.stopping;
    waited = queue.waiting;
    while (queue.used == 0 && !queue.stopping)
        (void)pthread_cond_wait(&queue.filled, &queue.lock);
    queue.waiting = false;
    waited = waited && !queue.stopping;
    (void)pthread_mutex_unlock(&queue.lock);
    if (waited)
        (void)nanosleep(&gather, NULL);
    (void)pthread_mutex_lock(&queue.lock);
    take(out);
    (void)pthread_mutex_unlock(&queue.lock);
}

static void *write_lines(void *unused)
{
    static batch lines; /* there is one such thread at a time */
    int64_t lost;

    (void)unused;
    for (;;) {
        wait_for(&lines);
        if (lines.lines == 0)
            return NULL; /* which it is only when stopping */
        if (!write_batch(&lines))
            reel__log_drop(lines.lines);
        lost = untold();
        if (lost > 0)
            reel__log(REEL_LOG_WARN, "log", "dropped=%lld", (long long)lost);
    }
}

reel_code reel__log_start(reel_err *err)
{
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&queue.lock);
    if (!queue.running) {
        queue.stopping = queue.waiting = false;
        queue.begin = queue.used = 0;
        if (reel__thread_start(&queue.writer, write_lines, NULL) == 0)
            queue.running = true;
        else
            rc = reel_fail(err, REEL_E_NOMEM, "no thread for the log is left");
    }
    (void)pthread_mutex_unlock(&queue.lock);
    return rc;
}

void reel__log_stop(void)
{
    bool running;

    (void)pthread_mutex_lock(&queue.lock);
    running = queue.running;
    queue.running = false; /* later lines are written at once */
    queue.stopping = true;
    queue.stop_at = reel__clock_steady_us() + STOP_US;
    (void)pthread_cond_signal(&queue.filled);
    (void)pthread_mutex_unlock(&queue.lock);
    if (running)
        (void)pthread_join(queue.writer, NULL);
}
