/* fuzz/fuzz_file.h - the fuzzer's bytes as a file a reader can open by its path. */
#ifndef TESTS_FUZZ_FUZZ_FILE_H
#define TESTS_FUZZ_FUZZ_FILE_H

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

typedef struct fuzz_file {
    int fd;
    char path[64];
} fuzz_file;

static inline fuzz_file fuzz_file_open(const uint8_t *data, size_t size)
{
    fuzz_file file = {.fd = memfd_create("fuzz", 0)};

    must(file.fd >= 0 && write(file.fd, data, size) == (ssize_t)size);
    (void)snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static inline void fuzz_file_close(const fuzz_file *file)
{
    (void)close(file->fd);
}

#endif
