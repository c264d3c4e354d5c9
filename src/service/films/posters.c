/* posters.c - see posters.h. */
#include "service/films/posters.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "service/engine/state.h"

const char *const reel__poster_sizes[] = {"w92", "w154", "w342", "w500", NULL};

const char *reel__poster_name(const char *path)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t stem;

    if (path[0] != '/')
        return NULL;
    stem = strspn(path + 1, allowed);
    if (stem == 0 || stem > 100)
        return NULL;
    return strcmp(path + 1 + stem, ".jpg") == 0 || strcmp(path + 1 + stem, ".png") == 0 ? path + 1
                                                                                        : NULL;
}

static bool is_size(const char *size)
{
    for (size_t i = 0; reel__poster_sizes[i] != NULL; i++)
        if (strcmp(reel__poster_sizes[i], size) == 0)
            return true;
    return false;
}

static reel_code read_image(reel_buf *out, const char **mime, const char *folder, const char *size,
                            const char *name, reel_err *err)
{
    reel_file_map map;
    reel_buf path;
    reel_err none = {REEL_OK, ""};
    reel_code rc = REEL_OK;

    reel__buf_init(&path, 4096);
    reel__buf_format(&path, "%s/%s/%s", folder, size, name);
    REEL_TRY(reel__buf_check(&path, err));
    if (reel__file_map_open(&map, path.data, &none) != REEL_OK)
        goto out; /* not there: a drawn one will do */
    reel__buf_append(out, map.data, map.size_bytes);
    reel__file_map_close(&map);
    REEL_TRY(reel__buf_check(out, err));
    *mime = strcmp(name + strlen(name) - 4, ".png") == 0 ? "image/png" : "image/jpeg";
out:
    reel__buf_fini(&path);
    return rc;
}

reel_code reel__posters_read(reel_buf *out, const char **mime, const reel_engine *engine,
                             const char *size, int64_t movie, reel_err *err)
{
    reel_index index;
    const char *name;
    reel_code rc = REEL_OK;

    *mime = NULL;
    if (!is_size(size))
        return reel_fail(err, REEL_E_NOTFOUND,
                         "posters are kept in the sizes w92, w154, w342 and w500");
    REEL_TRY(reel__engine_find_movie(engine, movie, &index, err));
    name = reel__poster_name(reel_dataset_movie(engine->dataset, index).poster_path);
    if (name != NULL && engine->posters_dir != NULL)
        rc = read_image(out, mime, engine->posters_dir, size, name, err);
out:
    return rc;
}
