/* npy.c - NumPy's array format, alone and in ZIP archives.
 * numpy.lib.format: magic, version 1.0, the length of a header that is a Python literal padded with
 * spaces so that the data start on a multiple of 64. ZIP: APPNOTE 6.3, method 0.
 */
#include "service/files/npy.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { ALIGN = 64, MAGIC_BYTES = 10, LITERAL_MOST = 160, DIRECTORY_MOST = 1 << 16 };
enum { VERSION = 20, DATE_1980 = 0x21 };
static const uint64_t ARCHIVE_MOST = 0xFFFFFFFE;

void reel__npy_header(reel_buf *out, reel_npy_shape shape)
{
    char literal[LITERAL_MOST], sizes[64] = "";
    size_t length, padded;

    if (shape.dims == 1)
        (void)snprintf(sizes, sizeof sizes, "%lld,", (long long)shape.size[0]);
    if (shape.dims == 2)
        (void)snprintf(sizes, sizeof sizes, "%lld, %lld", (long long)shape.size[0],
                       (long long)shape.size[1]);
    (void)snprintf(literal, sizeof literal,
                   "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", shape.descr, sizes);
    length = strlen(literal);
    padded = (MAGIC_BYTES + length + 1 + ALIGN - 1) / ALIGN * ALIGN - MAGIC_BYTES;
    reel__buf_append(out, "\x93NUMPY\x01\x00", 8);
    reel__buf_char(out, (char)(padded & 0xFF));
    reel__buf_char(out, (char)(padded >> 8));
    reel__buf_append(out, literal, length);
    for (size_t i = length + 1; i < padded; i++)
        reel__buf_char(out, ' ');
    reel__buf_char(out, '\n');
}

/* ---- archives ------------------------------------------------------------------------------ */

static void put_16(reel_buf *out, uint32_t value)
{
    reel__buf_char(out, (char)(value & 0xFF));
    reel__buf_char(out, (char)(value >> 8 & 0xFF));
}

static void put_32(reel_buf *out, uint32_t value)
{
    put_16(out, value & 0xFFFF);
    put_16(out, value >> 16);
}

/* What the local and the central header have in common. */
static void put_facts(reel_buf *out, uint32_t crc, uint32_t size, size_t name)
{
    put_16(out, VERSION);
    put_16(out, 0); /* flags */
    put_16(out, 0); /* stored */
    put_16(out, 0);
    put_16(out, DATE_1980);
    put_32(out, crc);
    put_32(out, size);
    put_32(out, size);
    put_16(out, (uint32_t)name);
    put_16(out, 0); /* no extra field */
}

static uint32_t checksum(const reel_buf *header, const void *data, size_t size_bytes)
{
    const unsigned char *bytes = data;
    uLong crc = crc32(0, (const unsigned char *)header->data, (uInt)header->length);

    while (size_bytes > 0) {
        const uInt some = size_bytes < (1U << 30) ? (uInt)size_bytes : 1U << 30;

        crc = crc32(crc, bytes, some);
        bytes += some;
        size_bytes -= some;
    }
    return (uint32_t)crc;
}

reel_code reel__npz_open(reel_npz *out, const char *path, reel_err *err)
{
    *out = (reel_npz){0};
    reel__buf_init(&out->directory, DIRECTORY_MOST);
    return reel__file_writer_open(&out->file, path, err);
}

static reel_code write_buf(reel_npz *npz, const reel_buf *buf, reel_err *err)
{
    reel_code rc = reel__buf_check(buf, err);

    if (rc == REEL_OK)
        rc = reel__file_writer_write(npz->file, buf->data, buf->length, err);
    return rc;
}

reel_code reel__npz_add(reel_npz *npz, const char *name, reel_npy_shape shape, const void *data,
                        size_t size_bytes, reel_err *err)
{
    reel_buf header, local;
    char file[64];
    uint32_t crc, size;
    reel_code rc = REEL_OK;

    reel__buf_init(&header, DIRECTORY_MOST);
    reel__buf_init(&local, DIRECTORY_MOST);
    (void)snprintf(file, sizeof file, "%.59s.npy", name);
    reel__npy_header(&header, shape);
    if (npz->offset + size_bytes + DIRECTORY_MOST > ARCHIVE_MOST)
        REEL_TRY(reel_fail(err, REEL_E_TOOLARGE,
                           "the archive would pass 4 GiB with %s; write .npy instead", name));
    crc = checksum(&header, data, size_bytes);
    size = (uint32_t)(header.length + size_bytes);
    put_32(&local, 0x04034B50);
    put_facts(&local, crc, size, strlen(file));
    reel__buf_text(&local, file);
    put_32(&npz->directory, 0x02014B50);
    put_16(&npz->directory, VERSION);
    put_facts(&npz->directory, crc, size, strlen(file));
    put_16(&npz->directory, 0); /* comment */
    put_16(&npz->directory, 0); /* disk */
    put_16(&npz->directory, 0);
    put_32(&npz->directory, 0);
    put_32(&npz->directory, (uint32_t)npz->offset);
    reel__buf_text(&npz->directory, file);
    REEL_TRY(write_buf(npz, &local, err));
    REEL_TRY(write_buf(npz, &header, err));
    REEL_TRY(reel__file_writer_write(npz->file, data, size_bytes, err));
    npz->offset += local.length + size;
    npz->entries++;
out:
    reel__buf_fini(&header);
    reel__buf_fini(&local);
    return rc;
}

reel_code reel__npz_commit(reel_npz *npz, reel_err *err)
{
    const size_t length = npz->directory.length;
    reel_file_writer *file = npz->file;
    reel_code rc = REEL_OK;

    put_32(&npz->directory, 0x06054B50);
    put_16(&npz->directory, 0);
    put_16(&npz->directory, 0);
    put_16(&npz->directory, (uint32_t)npz->entries);
    put_16(&npz->directory, (uint32_t)npz->entries);
    put_32(&npz->directory, (uint32_t)length);
    put_32(&npz->directory, (uint32_t)npz->offset);
    put_16(&npz->directory, 0);
    REEL_TRY(write_buf(npz, &npz->directory, err));
    npz->file = NULL;
    REEL_TRY(reel__file_writer_commit(file, err));
out:
    reel__npz_abort(npz);
    return rc;
}

void reel__npz_abort(reel_npz *npz)
{
    reel__file_writer_abort(npz->file);
    reel__buf_fini(&npz->directory);
    *npz = (reel_npz){0};
}
