/* png.c - see png.h. librsvg and what it needs are loaded here when a chart is drawn: linked in,
 * they would cost every start of the program some 20 ms. The PNG is written by hand over zlib:
 * charts are flat, and a low level without filters is a third of the time that cairo takes.
 */
#include "report/png.h"

#include <dlfcn.h>
#include <librsvg/rsvg.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"

enum { SCALE = 2, SIDE_MOST = 16384, LEVEL = 3 };

/* ---- the library --------------------------------------------------------------------------- */

#define FUNCTIONS(X)                                                                               \
    X(rsvg_handle_new_from_data)                                                                   \
    X(rsvg_handle_render_document)                                                                 \
    X(g_object_unref)                                                                              \
    X(g_error_free)                                                                                \
    X(cairo_image_surface_create)                                                                  \
    X(cairo_image_surface_get_data)                                                                \
    X(cairo_image_surface_get_stride)                                                              \
    X(cairo_surface_status)                                                                        \
    X(cairo_surface_flush)                                                                         \
    X(cairo_surface_destroy)                                                                       \
    X(cairo_create)                                                                                \
    X(cairo_destroy)

static struct library {
#define MEMBER(name) __typeof__(&(name)) name; /* NOLINT(bugprone-macro-parentheses) */
    FUNCTIONS(MEMBER)
#undef MEMBER
    bool tried, ready;
} library;

/* ISO C has no cast from an object pointer to a function's; POSIX wants this one. */
static bool find(void *handle, const char *name, void *function)
{
    void *found = dlsym(handle, name);

    memcpy(function, &found, sizeof found);
    return found != NULL;
}

bool reel__png_ready(void)
{
    /* It stays: its types are registered in GLib for good. What it depends on comes with it. */
    void *handle = library.tried ? NULL : dlopen("librsvg-2.so.2", RTLD_NOW | RTLD_LOCAL);

    library.tried = true;
    if (handle == NULL)
        return library.ready;
    library.ready = true;
#define FIND(name) library.ready &= find(handle, #name, &library.name);
    FUNCTIONS(FIND)
#undef FIND
    return library.ready;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void put_big_endian(unsigned char *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void put_chunk(reel_buf *out, const char *name, const unsigned char *data, size_t length)
{
    unsigned char number[4];
    uLong sum = crc32(0, (const unsigned char *)name, 4);

    if (length > 0)
        sum = crc32(sum, data, (uInt)length);
    put_big_endian(number, (uint32_t)length);
    reel__buf_append(out, number, 4);
    reel__buf_append(out, name, 4);
    reel__buf_append(out, data, length);
    put_big_endian(number, (uint32_t)sum);
    reel__buf_append(out, number, 4);
}

/* Rows of red, green and blue, each after a 0: no filter, which flat pictures pack best with. */
static void put_rows(unsigned char *out, const unsigned char *pixels, size_t stride, size_t width,
                     size_t height)
{
    for (size_t y = 0; y < height; y++) {
        const unsigned char *row = pixels + y * stride;

        *out++ = 0;
        for (size_t x = 0; x < width; x++)
            for (size_t color = 3; color-- > 0;)
                *out++ = row[4 * x + color];
    }
}

static reel_code write_png(reel_buf *out, cairo_surface_t *surface, size_t width, size_t height,
                           reel_err *err)
{
    static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const size_t plain = height * (3 * width + 1);
    uLongf packed_size = compressBound((uLong)plain);
    unsigned char header[13] = {0}, *rows = reel__alloc_array(plain, 1);
    unsigned char *packed = reel__alloc_array(packed_size, 1);
    reel_code rc = REEL_OK;

    if (rows == NULL || packed == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for a picture of %zu by %zu pixels",
                           width, height));
    put_rows(rows, library.cairo_image_surface_get_data(surface),
             (size_t)library.cairo_image_surface_get_stride(surface), width, height);
    if (compress2(packed, &packed_size, rows, (uLong)plain, LEVEL) != Z_OK)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to pack a picture"));
    put_big_endian(header, (uint32_t)width);
    put_big_endian(header + 4, (uint32_t)height);
    header[8] = 8; /* bits */
    header[9] = 2; /* red, green, blue */
    reel__buf_append(out, signature, sizeof signature);
    put_chunk(out, "IHDR", header, sizeof header);
    put_chunk(out, "IDAT", packed, packed_size);
    put_chunk(out, "IEND", NULL, 0);
    rc = reel__buf_check(out, err);
out:
    reel__free(rows);
    reel__free(packed);
    return rc;
}

/* ---- drawing ------------------------------------------------------------------------------- */

static reel_code refused(GError *error, reel_err *err)
{
    const reel_code rc = reel_fail(err, REEL_E_FORMAT, "librsvg cannot draw a chart: %.300s",
                                   error != NULL ? error->message : "it gives no reason");

    if (error != NULL)
        library.g_error_free(error);
    return rc;
}

reel_code reel__png_draw(reel_buf *out, const reel_buf *svg, double width, double height,
                         reel_err *err)
{
    const int wide = (int)ceil(width * SCALE), tall = (int)ceil(height * SCALE);
    const RsvgRectangle room = {0, 0, wide, tall};
    cairo_surface_t *surface = NULL;
    RsvgHandle *handle = NULL;
    cairo_t *cairo = NULL;
    GError *error = NULL;
    reel_code rc = REEL_OK;

    if (!library.ready)
        return reel_fail(err, REEL_E_INVALID,
                         "librsvg, which draws PNG, was not found; install librsvg2-2");
    if (wide > SIDE_MOST || tall > SIDE_MOST)
        return reel_fail(err, REEL_E_TOOLARGE, "a picture of %d by %d pixels is too large", wide,
                         tall);
    handle = library.rsvg_handle_new_from_data((const guint8 *)svg->data, svg->length, &error);
    if (handle == NULL)
        REEL_TRY(refused(error, err));
    surface = library.cairo_image_surface_create(CAIRO_FORMAT_RGB24, wide, tall);
    cairo = library.cairo_create(surface);
    if (library.cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for a picture of %d by %d pixels",
                           wide, tall));
    if (!library.rsvg_handle_render_document(handle, cairo, &room, &error))
        REEL_TRY(refused(error, err));
    library.cairo_surface_flush(surface);
    rc = write_png(out, surface, (size_t)wide, (size_t)tall, err);
out:
    if (cairo != NULL)
        library.cairo_destroy(cairo);
    if (surface != NULL)
        library.cairo_surface_destroy(surface);
    if (handle != NULL)
        library.g_object_unref(handle);
    return rc;
}
