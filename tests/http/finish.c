/* Tags and packing: what a client has is not sent again, what is packed unpacks to the same, and
 * who takes no gzip gets none.
 */
#include <zlib.h>
#include <zstd.h>

#include "http/api.h"

enum { TEXT = 1 << 20 };
static const char whole_list[] = "/api/v1/movies?limit=30";

static int ask_with(const char *method, const char *target, const char *tag, const char *accept)
{
    begin(method, target);
    api.exchange.if_none_match = tag;
    api.exchange.accept_encoding = accept;
    reel__exchange_handle(&api.exchange, &api.app, api.session);
    return api.exchange.status;
}

static void what_a_client_has_is_not_sent(void **state)
{
    char tag[40], several[90];

    (void)state;
    assert_int_equal(ask_with("GET", whole_list, NULL, NULL), 200);
    assert_non_null(api.exchange.etag);
    assert_string_equal(api.exchange.cache_control, "private, no-cache");
    (void)snprintf(tag, sizeof tag, "%s", api.exchange.etag);
    assert_int_equal(ask_with("GET", whole_list, tag, NULL), 304);
    assert_int_equal(api.exchange.fixed_length, 0);
    assert_string_equal(api.exchange.etag, tag);
    (void)snprintf(several, sizeof several, "\"other\", W/%s", tag);
    assert_int_equal(ask_with("GET", whole_list, several, NULL), 304);
    assert_int_equal(ask_with("GET", whole_list, "\"other\"", NULL), 200);
    assert_int_equal(ask_with("GET", "/api/v1/movies?limit=29", tag, NULL), 200);
}

static void mistakes_and_changes_have_no_tag(void **state)
{
    (void)state;
    assert_int_equal(ask_with("GET", "/api/v1/movies/999", NULL, NULL), 404);
    assert_null(api.exchange.etag);
    assert_int_equal(ask("POST", "/api/v1/recommendations", "{\"user\":6}"), 200);
    assert_null(api.exchange.etag);
    assert_int_equal(ask_with("GET", "/livez", NULL, NULL), 200);
    assert_null(api.exchange.etag);
}

static void packed_answers_unpack_to_the_same(void **state)
{
    static char plain[TEXT], unpacked[TEXT];
    char tag[40];
    size_t length;
    z_stream stream = {0};

    (void)state;
    assert_int_equal(ask_with("GET", whole_list, NULL, NULL), 200);
    assert_null(api.exchange.encoding);
    length = api.exchange.answer.length;
    assert_true(length < sizeof plain);
    memcpy(plain, api.exchange.answer.data, length);
    (void)snprintf(tag, sizeof tag, "W/%s", api.exchange.etag);
    assert_int_equal(ask_with("GET", whole_list, NULL, "br, gzip"), 200);
    assert_string_equal(api.exchange.encoding, "gzip");
    assert_string_equal(api.exchange.etag, tag);
    assert_true(api.exchange.answer.length < length / 3);
    stream.next_in = (Bytef *)api.exchange.answer.data;
    stream.avail_in = (uInt)api.exchange.answer.length;
    stream.next_out = (Bytef *)unpacked;
    stream.avail_out = sizeof unpacked;
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, length);
    assert_memory_equal(unpacked, plain, length);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    assert_int_equal(ask_with("GET", whole_list, tag, "gzip"), 304);
}

static void zstd_unpacks_to_the_same(void **state)
{
    static char plain[TEXT], unpacked[TEXT];
    size_t length;

    (void)state;
    assert_int_equal(ask_with("GET", whole_list, NULL, NULL), 200);
    length = api.exchange.answer.length;
    memcpy(plain, api.exchange.answer.data, length);
    assert_int_equal(ask_with("GET", whole_list, NULL, "gzip, br, zstd"), 200);
    assert_string_equal(api.exchange.encoding, "zstd");
    assert_int_equal(strncmp(api.exchange.etag, "W/", 2), 0);
    assert_true(api.exchange.answer.length < length / 3);
    assert_int_equal(ZSTD_decompress(unpacked, sizeof unpacked, api.exchange.answer.data,
                                     api.exchange.answer.length),
                     length);
    assert_memory_equal(unpacked, plain, length);
}

static void each_gets_what_it_wants_most(void **state)
{
    static const struct {
        const char *accept, *coding;
    } cases[] = {{NULL, NULL},
                 {"", NULL},
                 {"identity", NULL},
                 {"gzip", "gzip"},
                 {"gzip;q=0", NULL},
                 {"gzip;q=0.0", NULL},
                 {"gzip;q=0.5", "gzip"},
                 {"gzip; q=0", NULL},
                 {"GZIP ; Q=0.000", NULL},
                 {"gzip;q=1", "gzip"},
                 {"deflate, gzip", "gzip"},
                 {"zstd", "zstd"},
                 {"ZSTD;q=0.001", "zstd"},
                 {"zstd;q=0", NULL},
                 {"gzip, zstd", "zstd"},
                 {"gzip;q=0.9, zstd;q=0.8", "gzip"},
                 {"gzip;q=0.8,zstd;q=0.8", "zstd"},
                 {"*", "zstd"},
                 {"*;q=0", NULL},
                 {"zstd;q=0, *", "gzip"},
                 {"gzip;q=0.5, identity", NULL},
                 {"gzip;q=0.5, identity;q=0.4", "gzip"},
                 {"xgzip, gzipped", NULL},
                 {"gzip;level=9", "gzip"},
                 {";;,,;q=,gzip;q", "gzip"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask_with("GET", whole_list, NULL, cases[i].accept), 200);
        if ((api.exchange.encoding == NULL) != (cases[i].coding == NULL) ||
            (cases[i].coding != NULL && strcmp(api.exchange.encoding, cases[i].coding) != 0))
            fail_msg("%s: %s", cases[i].accept, api.exchange.encoding);
    }
    assert_int_equal(ask_with("GET", "/api/v1/charts", NULL, "gzip"), 200);
    assert_null(api.exchange.encoding); /* too small to gain */
    assert_int_equal(ask_with("GET", "/api/v1/charts", NULL, "gzip, identity;q=0"), 200);
    assert_string_equal(api.exchange.encoding, "gzip"); /* but not for who wants nothing else */
    assert_int_equal(ask_with("GET", "/api/v1/charts", NULL, "zstd, *;q=0"), 200);
    assert_string_equal(api.exchange.encoding, "zstd");
}

/* Without memory to pack it is sent as it is. */
static void without_memory_it_stays_plain(void **state)
{
    (void)state;
    for (long n = 0; n < 80; n++) {
        begin("GET", whole_list);
        api.exchange.accept_encoding = n % 2 == 0 ? "gzip" : "zstd";
        reel__alloc_fail_after(n);
        reel__exchange_handle(&api.exchange, &api.app, api.session);
        reel__alloc_fail_after(-1);
        assert_true(api.exchange.status == 200 || api.exchange.status == 503);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_client_has_is_not_sent),
        cmocka_unit_test(mistakes_and_changes_have_no_tag),
        cmocka_unit_test(packed_answers_unpack_to_the_same),
        cmocka_unit_test(zstd_unpacks_to_the_same),
        cmocka_unit_test(each_gets_what_it_wants_most),
        cmocka_unit_test(without_memory_it_stays_plain),
    };

    return cmocka_run_group_tests(tests, api_start, api_stop);
}
