/* fuzz_tensors.c - any bytes as a tensor file: refused, or every tensor lies inside of it. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/tensors.h"
#include "fuzz/fuzz.h"

/* Touch every byte of a tensor: one outside of the file would crash. */
static void read_all(const reel_tensors *file, const char *name, reel_dtype dtype, size_t width)
{
    reel_err err;
    const void *data;
    volatile unsigned char sum = 0;
    int64_t count, shape[2];

    if (reel__tensors_get(file, "", name, dtype, &data, &count, &err) != REEL_OK)
        return;
    must((uintptr_t)data % width == 0);
    for (size_t i = 0; i < (size_t)count * width; i++)
        sum = (unsigned char)(sum + ((const unsigned char *)data)[i]);
    if (reel__tensors_get_matrix(file, "", name, dtype, &data, shape, &err) == REEL_OK)
        must(shape[0] * shape[1] == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int fd = memfd_create("fuzz", 0);
    reel_tensors *file = NULL;
    reel_err err = {REEL_OK, ""};
    char path[64];

    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (reel__tensors_open(&file, path, &err) == REEL_OK) {
        read_all(file, "a", REEL_U8, 1);
        read_all(file, "b", REEL_F32, 4);
        read_all(file, "c", REEL_I64, 8);
        (void)reel__tensors_get_meta(file, "", "kind");
    } else {
        must(file == NULL && err.code == REEL_E_FORMAT && err.msg[0] != '\0');
    }
    reel__tensors_free(file);
    close(fd);
    return 0;
}
