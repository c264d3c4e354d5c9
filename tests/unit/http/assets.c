/* assets.c - the embedded front end: found by path, honest sizes, packed bytes that unpack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/alloc.h"
#include "http/assets.h"

enum { SKIPPED = 77 };

static void every_asset_is_found_by_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < reel__asset_count(); i++) {
        const reel_asset *asset = reel__asset_at(i);

        assert_ptr_equal(reel__asset_find(asset->path), asset);
        assert_int_equal(asset->path[0], '/');
        if (i > 0)
            assert_true(strcmp(reel__asset_at(i - 1)->path, asset->path) < 0);
    }
    assert_null(reel__asset_at(reel__asset_count()));
}

static void other_paths_find_nothing(void **state)
{
    (void)state;
    assert_null(reel__asset_find(""));
    assert_null(reel__asset_find("/"));
    assert_null(reel__asset_find("index.html"));
    assert_null(reel__asset_find("/index.html/"));
    assert_null(reel__asset_find("/zzz"));
}

static void the_page_and_the_notices_are_there(void **state)
{
    const reel_asset *page = reel__asset_find("/index.html");
    const reel_asset *notices = reel__asset_find("/licenses.txt");

    (void)state;
    assert_non_null(page);
    assert_string_equal(page->mime, "text/html; charset=utf-8");
    assert_false(page->immutable);
    assert_non_null(notices);
    assert_non_null(memmem(notices->data, notices->size, "preact", 6));
    assert_non_null(memmem(notices->data, notices->size, "Open Font License", 17));
}

static void only_hashed_names_are_immutable(void **state)
{
    (void)state;
    for (size_t i = 0; i < reel__asset_count(); i++) {
        const reel_asset *asset = reel__asset_at(i);

        assert_int_equal(asset->immutable, strncmp(asset->path, "/assets/", 8) == 0);
        assert_int_equal(strlen(asset->etag), 34);
        assert_int_equal(asset->etag[0], '"');
        assert_int_equal(asset->etag[33], '"');
    }
}

static void packed_bytes_unpack_to_the_plain_ones(void **state)
{
    size_t packed = 0;

    (void)state;
    for (size_t i = 0; i < reel__asset_count(); i++) {
        const reel_asset *asset = reel__asset_at(i);
        z_stream stream = {0};
        unsigned char *plain;

        if (!asset->gzip)
            continue;
        packed++;
        assert_true(asset->gzip_size < asset->size);
        plain = reel__alloc_array(asset->size, 1);
        assert_non_null(plain);
        stream.next_in = (z_const Bytef *)(uintptr_t)asset->gzip;
        stream.avail_in = (uInt)asset->gzip_size;
        stream.next_out = plain;
        stream.avail_out = (uInt)asset->size;
        assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
        assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
        assert_int_equal(stream.total_out, asset->size);
        assert_memory_equal(plain, asset->data, asset->size);
        assert_int_equal(inflateEnd(&stream), Z_OK);
        reel__free(plain);
    }
    assert_true(packed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_asset_is_found_by_its_path),
        cmocka_unit_test(other_paths_find_nothing),
        cmocka_unit_test(the_page_and_the_notices_are_there),
        cmocka_unit_test(only_hashed_names_are_immutable),
        cmocka_unit_test(packed_bytes_unpack_to_the_plain_ones),
    };

    if (reel__asset_count() == 0) {
        fputs("skipped: this build embeds no web front end (REEL_WEB off, or no Node)\n", stderr);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
