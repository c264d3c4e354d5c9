/* tests/support/temp.h - a folder of a test's own under $TMPDIR, with files in it; removed at the
 * end of the program. Threads: one thread at a time.
 */
#ifndef TESTS_SUPPORT_TEMP_H
#define TESTS_SUPPORT_TEMP_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEMP_PATH = 512 };

static char temp_folder[TEMP_PATH];

static inline int temp_remove_one(const char *path, const struct stat *info, int kind,
                                  struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void temp_remove_all(void)
{
    if (temp_folder[0] != '\0')
        (void)nftw(temp_folder, temp_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* folder/name in a buffer that the fourth call after this one uses again. */
static inline const char *temp_path(const char *name)
{
    static char paths[4][TEMP_PATH];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    if (temp_folder[0] == '\0') {
        const char *base = getenv("TMPDIR");

        (void)snprintf(temp_folder, sizeof temp_folder, "%.200s/reel-test-XXXXXX",
                       base == NULL ? "/tmp" : base);
        if (mkdtemp(temp_folder) == NULL || atexit(temp_remove_all) != 0)
            abort();
    }
    if (snprintf(path, TEMP_PATH, "%.220s/%.200s", temp_folder, name) < 0)
        abort();
    return path;
}

/* A file with these bytes; its path. */
static inline const char *temp_write_bytes(const char *name, const void *data, size_t length)
{
    const char *path = temp_path(name);
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(data, 1, length, file) != length || fclose(file) != 0)
        abort();
    return path;
}

static inline const char *temp_write(const char *name, const char *text)
{
    return temp_write_bytes(name, text, strlen(text));
}

#endif
