/* zip.c - archives good and bad, made here byte by byte so that they can lie. */
#include "support/check.h"
#include "support/temp.h"

#include <zlib.h>

#include "base/buf.h"
#include "base/zip.h"

typedef struct fake {
    const char *name, *data;
    uint32_t claimed; /* size said in the headers; 0 = the true one */
    uint32_t mode;    /* Unix mode; 0 = made on another system */
    uint16_t flags;   /* bit 0: encrypted */
    bool bad_crc;
} fake;

static void put(reel_buf *out, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        reel__buf_char(out, (char)((uint64_t)value >> 8 * i & 255));
}

static uint32_t true_size(const fake *entry)
{
    return (uint32_t)strlen(entry->data);
}

/* The fields a local and a central header share: version .. extra length. */
static void put_common(reel_buf *out, const fake *entry)
{
    uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)entry->data, true_size(entry));

    put(out, 20, 2);
    put(out, entry->flags, 2);
    put(out, 0, 2); /* stored */
    put(out, 0, 4); /* time and date */
    put(out, entry->bad_crc ? crc ^ 1 : crc, 4);
    put(out, true_size(entry), 4);
    put(out, entry->claimed != 0 ? entry->claimed : true_size(entry), 4);
    put(out, (uint32_t)strlen(entry->name), 2);
    put(out, 0, 2);
}

static void make_archive(reel_buf *out, const fake *entries, uint32_t count)
{
    uint32_t offsets[16], start;

    reel__buf_init(out, 1 << 20);
    for (uint32_t i = 0; i < count; i++) {
        offsets[i] = (uint32_t)out->length;
        put(out, 0x04034b50, 4);
        put_common(out, &entries[i]);
        reel__buf_text(out, entries[i].name);
        reel__buf_text(out, entries[i].data);
    }
    start = (uint32_t)out->length;
    for (uint32_t i = 0; i < count; i++) {
        put(out, 0x02014b50, 4);
        put(out, 20 | (entries[i].mode != 0 ? 3u << 8 : 0), 2);
        put_common(out, &entries[i]);
        put(out, 0, 6); /* comment, disk, internal */
        put(out, 0, 0);
        put(out, entries[i].mode << 16, 4);
        put(out, offsets[i], 4);
        reel__buf_text(out, entries[i].name);
    }
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, count, 2);
    put(out, count, 2);
    put(out, (uint32_t)out->length - 12 - start, 4);
    put(out, start, 4);
    put(out, 0, 2);
    assert_false(out->failed);
}

static reel_code collect(void *user, const void *data, size_t length, reel_err *err)
{
    reel__buf_append(user, data, length);
    return reel__buf_check(user, err);
}

static reel_code open_fakes(const fake *entries, uint32_t count, const reel_zip_limits *limits,
                            reel_err *err)
{
    reel_zip *zip;
    reel_buf bytes;
    reel_code rc;

    make_archive(&bytes, entries, count);
    rc = reel__zip_open_memory(&zip, bytes.data, bytes.length, limits, err);
    assert_true((rc == REEL_OK) == (zip != NULL));
    reel__zip_close(zip);
    reel__buf_fini(&bytes);
    return rc;
}

static void test_reads_entries(void **state)
{
    static const fake entries[] = {{.name = "set/", .data = "", .mode = 0040755},
                                   {.name = "set/a.dat", .data = "one two", .mode = 0100644},
                                   {.name = "set/empty", .data = ""}};
    reel_buf bytes, text;
    reel_zip *zip;
    reel_err err;

    (void)state;
    make_archive(&bytes, entries, 3);
    assert_ok(
        reel__zip_open(&zip, temp_write_bytes("good.zip", bytes.data, bytes.length), NULL, &err));
    assert_int_equal(reel__zip_count(zip), 3);
    assert_true(reel__zip_entry(zip, 0).folder);
    assert_string_equal(reel__zip_entry(zip, 0).name, "set");
    assert_false(reel__zip_entry(zip, 1).folder);
    assert_string_equal(reel__zip_entry(zip, 1).name, "set/a.dat");
    assert_int_equal(reel__zip_entry(zip, 1).size_bytes, 7);
    reel__buf_init(&text, 100);
    assert_ok(reel__zip_read(zip, 1, collect, &text, &err));
    assert_string_equal(text.data, "one two");
    reel__buf_clear(&text);
    assert_ok(reel__zip_read(zip, 2, collect, &text, &err));
    assert_int_equal(text.length, 0);
    reel__buf_fini(&text);
    reel__zip_close(zip);
    reel__buf_fini(&bytes);
}

static void test_refuses_names(void **state)
{
    static const char *const names[] = {"/etc/passwd", "../up", "a/../../up", "a/..", "./a", "a//b",
                                        "c:\\x",       "c:x",   "a\\..\\b",   "a\nb", "..",  "//"};
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const fake entry = {.name = names[i], .data = ""};

        if (open_fakes(&entry, 1, NULL, &err) != REEL_E_FORMAT)
            fail_msg("\"%s\" was not refused", names[i]);
    }
    /* These only look bad. */
    assert_ok(open_fakes(&(fake){.name = "..a/b..", .data = ""}, 1, NULL, &err));
    assert_ok(open_fakes(&(fake){.name = "...", .data = ""}, 1, NULL, &err));
}

static void test_refuses_kinds(void **state)
{
    reel_err err;

    (void)state;
    assert_fails(open_fakes(&(fake){.name = "a", .data = "/etc", .mode = 0120777}, 1, NULL, &err),
                 REEL_E_FORMAT, "a link or a device");
    assert_fails(open_fakes(&(fake){.name = "a", .data = "", .mode = 0020666}, 1, NULL, &err),
                 REEL_E_FORMAT, "a link or a device");
    assert_fails(open_fakes(&(fake){.name = "a", .data = "x", .flags = 1}, 1, NULL, &err),
                 REEL_E_FORMAT, "encrypted");
    assert_fails(open_fakes(&(fake){.name = "a/", .data = "x"}, 1, NULL, &err), REEL_E_FORMAT,
                 "impossible size");
}

static void test_limits(void **state)
{
    static const fake entries[] = {{.name = "a", .data = "12345"}, {.name = "b", .data = "12345"}};
    reel_err err;

    (void)state;
    assert_ok(open_fakes(entries, 2, &(reel_zip_limits){2, 10}, &err));
    assert_fails(open_fakes(entries, 2, &(reel_zip_limits){1, 10}, &err), REEL_E_TOOLARGE,
                 "2 entries");
    assert_fails(open_fakes(entries, 2, &(reel_zip_limits){2, 9}, &err), REEL_E_TOOLARGE,
                 "expands");
    assert_fails(open_fakes(&(fake){.name = "a", .data = "1", .claimed = 4000000000u}, 1,
                            &(reel_zip_limits){2, 1000000000}, &err),
                 REEL_E_TOOLARGE, "expands");
}

static reel_code read_fake(const fake *entry, reel_err *err)
{
    reel_buf bytes, text;
    reel_zip *zip;
    reel_code rc;

    make_archive(&bytes, entry, 1);
    reel__buf_init(&text, 100);
    rc = reel__zip_open_memory(&zip, bytes.data, bytes.length, NULL, err);
    if (rc == REEL_OK)
        rc = reel__zip_read(zip, 0, collect, &text, err);
    reel__zip_close(zip);
    reel__buf_fini(&text);
    reel__buf_fini(&bytes);
    return rc;
}

static void test_damage(void **state)
{
    reel_err err;

    (void)state;
    assert_fails(read_fake(&(fake){.name = "a", .data = "12345", .bad_crc = true}, &err),
                 REEL_E_FORMAT, "a: ");
    assert_int_equal(read_fake(&(fake){.name = "a", .data = "12345", .claimed = 9}, &err),
                     REEL_E_FORMAT);
    assert_int_equal(read_fake(&(fake){.name = "a", .data = "12345", .claimed = 3}, &err),
                     REEL_E_FORMAT);
}

static void test_no_archive(void **state)
{
    reel_zip *zip;
    reel_err err;

    (void)state;
    assert_fails(reel__zip_open(&zip, temp_path("missing.zip"), NULL, &err), REEL_E_NOTFOUND,
                 "no such file");
    assert_fails(reel__zip_open(&zip, temp_write("text.zip", "just text"), NULL, &err),
                 REEL_E_FORMAT, "ZIP");
    assert_fails(reel__zip_open(&zip, temp_write("empty.zip", ""), NULL, &err), REEL_E_FORMAT,
                 "ZIP");
    assert_null(zip);
}

/* A sink may end the reading, with its own code. */
static reel_code refuse(void *user, const void *data, size_t length, reel_err *err)
{
    (void)user;
    (void)data;
    (void)length;
    return reel_fail(err, REEL_E_CANCELLED, "enough");
}

static void test_sink_ends(void **state)
{
    const fake entry = {.name = "a", .data = "12345"};
    reel_buf bytes;
    reel_zip *zip;
    reel_err err;

    (void)state;
    make_archive(&bytes, &entry, 1);
    assert_ok(reel__zip_open_memory(&zip, bytes.data, bytes.length, NULL, &err));
    assert_fails(reel__zip_read(zip, 0, refuse, NULL, &err), REEL_E_CANCELLED, "enough");
    reel__zip_close(zip);
    reel__buf_fini(&bytes);
}

static reel_code open_and_read(void *user, reel_err *err)
{
    const reel_buf *bytes = user;
    reel_zip *zip;
    reel_code rc = reel__zip_open_memory(&zip, bytes->data, bytes->length, NULL, err);

    if (rc == REEL_OK) {
        reel_buf out;

        reel__buf_init(&out, 100);
        rc = reel__zip_read(zip, 0, collect, &out, err);
        reel__buf_fini(&out);
    }
    reel__zip_close(zip);
    return rc;
}

static void test_out_of_memory(void **state)
{
    static const fake entries[] = {{.name = "a", .data = "12345"}, {.name = "b", .data = "x"}};
    reel_buf bytes;

    (void)state;
    make_archive(&bytes, entries, 2);
    assert_true(sweep_memory(open_and_read, &bytes) >= 5);
    reel__buf_fini(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_entries), cmocka_unit_test(test_refuses_names),
        cmocka_unit_test(test_refuses_kinds), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_damage),        cmocka_unit_test(test_no_archive),
        cmocka_unit_test(test_sink_ends),     cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
