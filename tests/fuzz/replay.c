/* replay.c - runs a fuzz target over the files of a folder, for builds without libFuzzer.
 * Each file is also cut at every length up to a limit, which is cheap and finds reads past the end.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz/fuzz.h"

enum { FILE_MOST = 1 << 20, CUTS_MOST = 256 };

/* The target gets a block of exactly the right size, so that a sanitizer sees a step too far. */
static void run(const uint8_t *data, size_t size)
{
    const long live = reel__alloc_live();
    uint8_t *exact = malloc(size == 0 ? 1 : size);

    must(exact != NULL);
    memcpy(exact, data, size);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    must(reel__alloc_live() == live);
}

static void replay(const char *path)
{
    static uint8_t data[FILE_MOST];
    FILE *file = fopen(path, "rb");
    size_t size;

    must(file != NULL);
    size = fread(data, 1, sizeof data, file);
    must(fclose(file) == 0);
    run(data, size);
    for (size_t cut = 0; cut < size && cut < CUTS_MOST; cut++)
        run(data, cut);
}

int main(int count, char **arguments)
{
    int files = 0;
    DIR *folder;
    const struct dirent *entry;

    if (count != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    folder = opendir(arguments[1]);
    if (folder == NULL) {
        (void)fprintf(stderr, "%s: %s\n", arguments[1], strerror(errno));
        return 2;
    }
    while ((entry = readdir(folder)) != NULL) {
        char path[4096];

        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", arguments[1], entry->d_name);
        replay(path);
        files++;
    }
    closedir(folder);
    (void)printf("%d files replayed\n", files);
    return files > 0 ? 0 : 1;
}
