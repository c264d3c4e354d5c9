/* support/archive.h - a ZIP archive of a test's own, from names and contents.
 * Threads: one thread at a time.
 */
#ifndef TESTS_SUPPORT_ARCHIVE_H
#define TESTS_SUPPORT_ARCHIVE_H

#include <zip.h>

#include "support/check.h"
#include "support/temp.h"

typedef struct archive_file {
    const char *name, *text;
    size_t length; /* 0 = up to the NUL */
    bool stored;   /* not compressed */
} archive_file;

/* Its path. The texts stay until then. */
static inline const char *archive_write(const char *name, const archive_file *files, size_t count)
{
    const char *path = temp_path(name);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        const size_t length = files[i].length > 0 ? files[i].length : strlen(files[i].text);
        zip_source_t *source = zip_source_buffer(zip, files[i].text, length, 0);

        assert_non_null(source);
        assert_true(zip_file_add(zip, files[i].name, source, ZIP_FL_ENC_UTF_8) >= 0);
        if (files[i].stored)
            assert_int_equal(zip_set_file_compression(zip, i, ZIP_CM_STORE, 0), 0);
    }
    assert_int_equal(zip_close(zip), 0);
    return path;
}

#endif
