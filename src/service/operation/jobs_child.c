/* jobs_child.c - a training, an evaluation, an enriching or a forgetting as a process of its own:
 * this program again, slow and short of memory where it must be, in a group of its own, and gone
 * when this process is. It says on its standard output how far it is and what came of it, a JSON
 * object a line (`reel train
 * --progress-json`), and on its standard error what people read.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "service/operation/jobs_priv.h"

enum { WORDS_MOST = 80, NICE = 10, DEPTH = 16, PIECE = 4096, WORD_MOST = 512 };

extern char **environ;

void reel__child_init(reel_child *child)
{
    *child = (reel_child){.out = -1, .log = -1};
    reel__buf_init(&child->line, REEL_JOB_LINE);
    reel__buf_init(&child->said, REEL_JOB_LOG + PIECE);
    reel__buf_init(&child->result, REEL_JOB_LINE);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void reel__child_fini(reel_child *child)
{
    close_end(&child->out);
    close_end(&child->log);
    reel__buf_fini(&child->line);
    reel__buf_fini(&child->said);
    reel__buf_fini(&child->result);
}

/* ---- what it is started with --------------------------------------------------------------- */

/* All of it is made before the fork: behind it nothing may be allocated. */
typedef struct launch {
    char *argv[WORDS_MOST];
    size_t words;
    char **env;
    reel_buf database;
    json_t *parameters;
    bool failed;
} launch;

static void add_word(launch *l, const char *text)
{
    char *copy = reel__strdup(text);

    l->failed = l->failed || copy == NULL || l->words + 1 == WORDS_MOST;
    if (l->failed)
        reel__free(copy);
    else
        l->argv[l->words++] = copy;
}

static void add_option(launch *l, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    add_word(l, name);
    add_word(l, value);
}

/* Of a model when it is trained, and an option of `reel evaluate` or `reel enrich`. */
static void add_parameter(launch *l, const char *kind, const char *name, const char *value)
{
    const bool trains = strcmp(kind, "train") == 0;
    char word[WORD_MOST];

    if (trains && strcmp(name, REEL_JOB_ACCEPT) == 0) {
        add_word(l, "--accept");
        return;
    }
    if (strcmp(kind, "enrich") == 0 && strcmp(value, "true") == 0) {
        (void)snprintf(word, sizeof word, "--%.200s", name);
        add_word(l, word);
        return;
    }
    if (trains)
        add_word(l, "--param");
    (void)snprintf(word, sizeof word, "%s%.200s=%.200s", trains ? "" : "--", name, value);
    add_word(l, word);
}

static reel_code add_parameters(launch *l, const char *kind, const char *text, reel_err *err)
{
    const char *name;
    json_t *value;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__json_parse(&l->parameters, text, strlen(text), DEPTH, err));
    json_object_foreach(l->parameters, name, value)
    {
        add_parameter(l, kind, name, json_is_string(value) ? json_string_value(value) : "");
    }
out:
    return rc;
}

/* The database goes by the environment: others can read a command line. Threads that wait for
 * others do not spin: requests are served on the same cores. */
static void make_environment(launch *l, const char *database)
{
    static char passive[] = "OMP_WAIT_POLICY=passive";
    size_t count = 0, kept = 0;

    while (environ[count] != NULL)
        count++;
    l->env = reel__alloc_zero(count + 3, sizeof *l->env);
    reel__buf_format(&l->database, "REEL_DATABASE_URL=%s", database);
    l->failed = l->failed || l->env == NULL || l->database.failed;
    for (size_t i = 0; !l->failed && i < count; i++)
        if (strncmp(environ[i], "REEL_DATABASE_URL=", 18) != 0 &&
            strncmp(environ[i], "OMP_WAIT_POLICY=", 16) != 0)
            l->env[kept++] = environ[i];
    if (!l->failed) {
        l->env[kept++] = l->database.data;
        l->env[kept] = passive;
    }
}

static reel_code prepare(launch *l, const reel_child_opts *opts, reel_err *err)
{
    reel_code rc = REEL_OK;

    reel__buf_init(&l->database, 1 << 16);
    add_word(l, "reel");
    add_word(l, opts->kind);
    if (strcmp(opts->kind, "train") == 0)
        add_word(l, "--resume"); /* what the server's end, say, interrupted */
    if (strcmp(opts->kind, "forget") == 0)
        add_word(l, "--now");
    add_word(l, "--progress-json");
    if (strcmp(opts->kind, "train") == 0 || strcmp(opts->kind, "forget") == 0)
        add_option(l, "--models", opts->models_dir);
    add_option(l, "--model", opts->model);
    REEL_TRY(add_parameters(l, opts->kind, opts->parameters, err));
    make_environment(l, opts->database);
    if (l->failed)
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory to start a job");
out:
    return rc;
}

static void discard(launch *l)
{
    for (size_t i = 0; i < l->words; i++)
        reel__free(l->argv[i]);
    reel__free(l->env);
    reel__buf_fini(&l->database);
    json_decref(l->parameters);
}

/* ---- the start ----------------------------------------------------------------------------- */

/* Between fork and exec: system calls alone. */
static void become(const launch *l, const reel_child_opts *opts, const int ends[2], pid_t parent)
{
    static const char lost[] = "reel: the program could not be started\n";
    sigset_t none;
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    (void)setpriority(PRIO_PROCESS, 0, NICE);
    if (opts->memory > 0)
        (void)setrlimit(RLIMIT_AS, &(struct rlimit){(rlim_t)opts->memory, (rlim_t)opts->memory});
    if (dup2(nothing, STDIN_FILENO) < 0 || dup2(ends[0], STDOUT_FILENO) < 0 ||
        dup2(ends[1], STDERR_FILENO) < 0)
        _exit(127);
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execve(opts->program, l->argv, l->env);
    (void)!write(STDERR_FILENO, lost, sizeof lost - 1);
    _exit(127);
}

static reel_code launch_now(reel_child *child, const launch *l, const reel_child_opts *opts,
                            reel_err *err)
{
    const pid_t parent = getpid();
    int out[2] = {-1, -1}, log[2] = {-1, -1};
    reel_code rc = REEL_OK;

    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(log, O_CLOEXEC) != 0)
        REEL_TRY(reel_fail(err, REEL_E_STORE, "no pipe for a job: %s", strerror(errno)));
    child->pid = fork();
    if (child->pid == 0)
        become(l, opts, (const int[2]){out[1], log[1]}, parent);
    if (child->pid < 0) {
        child->pid = 0;
        REEL_TRY(reel_fail(err, REEL_E_STORE, "no process for a job: %s", strerror(errno)));
    }
    (void)setpgid(child->pid, child->pid);
    (void)fcntl(out[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(log[0], F_SETFL, O_NONBLOCK);
    child->out = out[0];
    child->log = log[0];
    out[0] = log[0] = -1;
out:
    close_end(&out[0]);
    close_end(&out[1]);
    close_end(&log[0]);
    close_end(&log[1]);
    return rc;
}

reel_code reel__child_start(reel_child *child, const reel_child_opts *opts, reel_err *err)
{
    launch l = {.words = 0};
    reel_code rc = REEL_OK;

    reel__child_fini(child);
    reel__child_init(child);
    REEL_TRY(prepare(&l, opts, err));
    rc = launch_now(child, &l, opts, err);
out:
    discard(&l);
    return rc;
}

/* A text that was cut to fit, without a last character cut in two: no database would take it. */
void reel__child_trim(char *text)
{
    text[reel__utf8_whole(text, strlen(text))] = '\0';
}

/* ---- what it says -------------------------------------------------------------------------- */

static void take_error(reel_child *child, const json_t *error)
{
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *detail = json_string_value(json_object_get(error, "detail"));

    (void)snprintf(child->code, sizeof child->code, "%s", code == NULL ? "" : code);
    (void)snprintf(child->reason, sizeof child->reason, "%s", detail == NULL ? "" : detail);
    reel__child_trim(child->reason);
}

/* {"models":["ease-1f2e3d4c5b6a"]}: what was trained; or what was measured. */
static void take_result(reel_child *child, const json_t *result)
{
    reel_json json;

    if (!json_is_object(result))
        return;
    reel__buf_clear(&child->result);
    reel__json_init(&json, &child->result);
    reel__json_value(&json, result);
}

static void take_line(reel_child *child)
{
    json_t *line = NULL;
    const char *step;
    const json_t *progress;

    if (child->line.length > 0 &&
        reel__json_parse(&line, child->line.data, child->line.length, DEPTH, NULL) == REEL_OK) {
        step = json_string_value(json_object_get(line, "step"));
        progress = json_object_get(line, "progress");
        if (step != NULL) {
            (void)snprintf(child->step, sizeof child->step, "%s", step);
            reel__child_trim(child->step);
        }
        if (json_is_number(progress) && json_number_value(progress) >= 0 &&
            json_number_value(progress) <= 1)
            child->progress = json_number_value(progress);
        if (json_object_get(line, "error") != NULL)
            take_error(child, json_object_get(line, "error"));
        if (json_object_get(line, "result") != NULL)
            take_result(child, json_object_get(line, "result"));
    }
    json_decref(line);
    reel__buf_clear(&child->line);
}

static void take_output(reel_child *child, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (data[i] != '\n')
            reel__buf_char(&child->line, data[i]);
        else if (child->line.failed)
            reel__buf_clear(&child->line); /* longer than any of ours */
        else
            take_line(child);
    }
}

/* What is no UTF-8, as a database wants it, becomes a question mark. */
static void append_clean(reel_buf *out, const char *data, size_t length)
{
    for (size_t at = 0, bytes; at < length; at += bytes) {
        if (reel__utf8_next(data + at, length - at, &bytes) > 0)
            reel__buf_append(out, data + at, bytes);
        else
            reel__buf_char(out, '?');
    }
}

/* The end of it stays. */
static void take_log(reel_child *child, const char *data, size_t length)
{
    reel_buf kept;
    size_t skip;

    append_clean(&child->said, data, length);
    if (child->said.length <= REEL_JOB_LOG)
        return;
    skip = child->said.length - REEL_JOB_LOG / 2;
    while (skip < child->said.length && child->said.data[skip - 1] != '\n')
        skip++;
    reel__buf_init(&kept, REEL_JOB_LOG + PIECE);
    reel__buf_append(&kept, child->said.data + skip, child->said.length - skip);
    reel__buf_fini(&child->said);
    child->said = kept;
}

static void drain(reel_child *child, int *fd, void (*take)(reel_child *, const char *, size_t))
{
    char piece[PIECE];

    while (*fd >= 0) {
        const ssize_t got = read(*fd, piece, sizeof piece);

        if (got > 0)
            take(child, piece, (size_t)got);
        else if (got < 0 && errno == EINTR)
            continue;
        else if (got < 0 && errno == EAGAIN)
            return;
        else
            close_end(fd);
    }
}

void reel__child_read(reel_child *child)
{
    drain(child, &child->out, take_output);
    drain(child, &child->log, take_log);
}

/* ---- its end ------------------------------------------------------------------------------- */

bool reel__child_ended(reel_child *child, int *status)
{
    pid_t got;

    if (child->pid == 0)
        return true;
    do
        got = waitpid(child->pid, status, WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return false;
    reel__child_signal(child, SIGKILL); /* whatever it left behind in its group */
    child->pid = 0;
    reel__child_read(child); /* what was in the pipes */
    return true;
}

void reel__child_signal(const reel_child *child, int number)
{
    if (child->pid > 0)
        (void)kill(-child->pid, number);
}
