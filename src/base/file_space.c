/* file_space.c - how much room there is, and how much is taken. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/alloc.h"
#include "base/file.h"

enum { DEEP = 8 }; /* folders in folders */

bool reel__file_space(const char *path, int64_t *free_bytes, int64_t *total_bytes)
{
    struct statvfs disk;

    if (statvfs(path, &disk) != 0)
        return false;
    *free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    *total_bytes = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
    return true;
}

/* A file of several names is told in parts, one for each. */
static int64_t add_up(const char *path, int deep)
{
    struct stat facts;
    const struct dirent *entry;
    int64_t sum = 0;
    DIR *folder;

    if (lstat(path, &facts) != 0)
        return 0; /* it went meanwhile */
    if (!S_ISDIR(facts.st_mode))
        return S_ISREG(facts.st_mode) ? (int64_t)facts.st_size / (int64_t)facts.st_nlink : 0;
    folder = deep > 0 ? opendir(path) : NULL;
    if (folder == NULL)
        return 0;
    while ((entry = readdir(folder)) != NULL) {
        char *inside;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        inside = reel__path_join(path, entry->d_name);
        if (inside != NULL)
            sum += add_up(inside, deep - 1);
        reel__free(inside);
    }
    (void)closedir(folder);
    return sum;
}

int64_t reel__file_taken(const char *path)
{
    return reel__file_exists(path) ? add_up(path, DEEP) : -1;
}
