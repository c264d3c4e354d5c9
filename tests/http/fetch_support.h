/* fetch_support.h - starts tests/http/fetch_server.py and a scratch folder for one test program.
 * Include once; skips (77) where python3 is missing.
 */
#ifndef REEL_TESTS_HTTP_FETCH_SUPPORT_H
#define REEL_TESTS_HTTP_FETCH_SUPPORT_H

#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "net/download.h"

typedef struct fetch_server {
    pid_t pid;
    int stop; /* closing it ends the server */
    int port;
    char folder[64]; /* scratch, emptied by each test that wants it so */
} fetch_server;

static fetch_server server = {.pid = -1, .stop = -1};

static inline int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline int empty_folder(void **state)
{
    (void)state;
    (void)nftw(server.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return mkdir(server.folder, 0755);
}

static inline void run_server(int in, int out)
{
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execlp("python3", "python3", "tests/http/fetch_server.py", (char *)NULL);
    _exit(127);
}

static inline int start_server(void **state)
{
    int to_child[2], from_child[2];
    char text[16] = "";
    ssize_t got;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    if (pipe(to_child) != 0 || pipe(from_child) != 0)
        return -1;
    server.pid = fork();
    if (server.pid == 0) {
        close(to_child[1]);
        run_server(to_child[0], from_child[1]);
    }
    close(to_child[0]);
    close(from_child[1]);
    server.stop = to_child[1];
    got = read(from_child[0], text, sizeof text - 1);
    close(from_child[0]);
    if (got <= 0) {
        fprintf(stderr, "skipped: python3 cannot run tests/http/fetch_server.py\n");
        exit(77);
    }
    server.port = (int)strtol(text, NULL, 10);
    (void)snprintf(server.folder, sizeof server.folder, "/tmp/reel-fetch-XXXXXX");
    return mkdtemp(server.folder) == NULL ? -1 : 0;
}

static inline int stop_server(void **state)
{
    (void)state;
    close(server.stop);
    (void)waitpid(server.pid, NULL, 0);
    return nftw(server.folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Texts that live until sixteen calls later. */
static const char *text_of(const char *format, ...) REEL_PRINTF(1, 2);
static const char *text_of(const char *format, ...)
{
    static char texts[16][512];
    static int next;
    char *text = texts[next++ % 16];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    return text;
}

static inline const char *in_folder(const char *name)
{
    return text_of("%s/%s", server.folder, name);
}

static inline bool has_file(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

/* Whether a file holds exactly (whole) or somewhere the text. */
static inline bool file_has(const char *path, const char *text)
{
    reel_file_map map;
    bool found;

    if (reel__file_map_open(&map, path, NULL) != REEL_OK)
        return false;
    found = memmem(map.data, map.size_bytes, text, strlen(text)) != NULL;
    reel__file_map_close(&map);
    return found;
}

/* What the server was asked in a scenario: "range if-range" lines, read into text. */
static inline void asked_of(char *text, size_t capacity, const char *scenario)
{
    const char *path = in_folder("asked");
    const reel_download download = {
        .url = text_of("http://127.0.0.1:%d/log/%s", server.port, scenario), .path = path};
    reel_file_map map;

    assert_int_equal(reel__download(&download, NULL), REEL_OK);
    assert_int_equal(reel__file_map_open(&map, path, NULL), REEL_OK);
    assert_true(map.size_bytes < capacity);
    memcpy(text, map.data, map.size_bytes);
    text[map.size_bytes] = '\0';
    reel__file_map_close(&map);
    (void)unlink(path);
}

#endif
