/* sqlite.c - the conformance suite on the SQLite back end. */
#include "suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder of its own for every store, so that nothing it leaves behind is missed. */
static bool fresh(char *url, size_t size)
{
    const char *temporary = getenv("TMPDIR");
    char folder[256] = "";

    (void)snprintf(folder, sizeof folder, "%s/reel-store-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(folder) == NULL) {
        perror("skipped: no folder for temporary files");
        return false;
    }
    (void)snprintf(url, size, "sqlite:%s/test.db", folder);
    return true;
}

static void discard(const char *url)
{
    char folder[256] = "", path[600] = "";
    DIR *listing = NULL;

    (void)snprintf(folder, sizeof folder, "%s", url + strlen("sqlite:"));
    *strrchr(folder, '/') = '\0';
    listing = opendir(folder);
    for (struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    if (listing != NULL)
        (void)closedir(listing);
    (void)rmdir(folder);
}

int main(void)
{
    static const store_backend sqlite = {"sqlite", fresh, discard};

    return store_suite_run(&sqlite);
}
