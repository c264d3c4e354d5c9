/* peer.c - see peer.h. Proxies append on the right, so lists are walked from there. */
#include "http/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HOPS_MOST = 16, V4_BITS = 96, NETWORK_BYTES = 8 };

static const unsigned char v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/* ---- addresses ----------------------------------------------------------------------------- */

static bool is_v4(const reel_address *address)
{
    return memcmp(address->bytes, v4_prefix, sizeof v4_prefix) == 0;
}

bool reel__address_is_loopback(const reel_address *address)
{
    static const reel_address self = {{[15] = 1}};

    return memcmp(address, &self, sizeof self) == 0 ||
           (is_v4(address) && address->bytes[sizeof v4_prefix] == 127);
}

void reel__address_network(reel_address *out, const reel_address *address)
{
    *out = *address;
    if (!is_v4(address))
        memset(out->bytes + NETWORK_BYTES, 0, sizeof out->bytes - NETWORK_BYTES);
}

void reel__client_network(char out[REEL_ADDRESS_TEXT], const reel_client *client)
{
    const unsigned char *b = client->address.bytes;

    if (is_v4(&client->address))
        (void)snprintf(out, REEL_ADDRESS_TEXT, "%s", client->text);
    else
        (void)snprintf(out, REEL_ADDRESS_TEXT, "%02x%02x:%02x%02x:%02x%02x:%02x%02x/64", b[0], b[1],
                       b[2], b[3], b[4], b[5], b[6], b[7]);
}

static void write_text(reel_client *out)
{
    const bool v4 = is_v4(&out->address);

    if (inet_ntop(v4 ? AF_INET : AF_INET6, out->address.bytes + (v4 ? sizeof v4_prefix : 0),
                  out->text, sizeof out->text) == NULL)
        (void)snprintf(out->text, sizeof out->text, "-");
}

static bool read_address(reel_address *out, const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN];

    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, out->bytes + sizeof v4_prefix) == 1) {
        memcpy(out->bytes, v4_prefix, sizeof v4_prefix);
        return true;
    }
    return inet_pton(AF_INET6, copy, out->bytes) == 1;
}

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:4711" */
static bool read_node(reel_address *out, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);

    if (length > 0 && text[0] == '[') {
        const char *end = memchr(text, ']', length);

        return end != NULL && read_address(out, text + 1, (size_t)(end - text) - 1);
    }
    if (colon != NULL && memchr(colon + 1, ':', length - (size_t)(colon + 1 - text)) == NULL)
        length = (size_t)(colon - text);
    return read_address(out, text, length);
}

/* ---- networks ------------------------------------------------------------------------------ */

static reel_code read_network(reel_proxies *out, const char *text, size_t length, reel_err *err)
{
    const char *slash = memchr(text, '/', length);
    const size_t host = slash == NULL ? length : (size_t)(slash - text);
    const size_t digits = slash == NULL ? 0 : length - host - 1;
    reel_address address = {{0}};
    long bits = 128;
    bool good = read_address(&address, text, host);

    if (slash != NULL) {
        good = good && digits > 0 && digits <= 3 && strspn(slash + 1, "0123456789") >= digits;
        bits = good ? strtol(slash + 1, NULL, 10) + (is_v4(&address) ? V4_BITS : 0) : 0;
    }
    if (!good || bits > 128)
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_TRUSTED_PROXIES: \"%.*s\" is no address or network; write such as "
                         "127.0.0.1 or 10.0.0.0/8",
                         (int)(length < 80 ? length : 80), text);
    if (out->count == REEL_PROXIES_MAX)
        return reel_fail(err, REEL_E_INVALID, "REEL_TRUSTED_PROXIES: more than %d networks",
                         REEL_PROXIES_MAX);
    out->network[out->count].address = address;
    out->network[out->count++].bits = (int)bits;
    return REEL_OK;
}

reel_code reel__proxies_read(reel_proxies *out, const char *text, reel_err *err)
{
    static const char apart[] = ", \t";

    out->count = 0;
    for (text += strspn(text, apart); *text != '\0'; text += strspn(text, apart)) {
        const size_t length = strcspn(text, apart);
        const reel_code rc = read_network(out, text, length, err);

        if (rc != REEL_OK)
            return rc;
        text += length;
    }
    return REEL_OK;
}

static bool same_bits(const reel_address *a, const reel_address *b, int bits)
{
    const size_t whole = (size_t)bits / 8;
    const int rest = bits % 8;

    return memcmp(a->bytes, b->bytes, whole) == 0 &&
           (rest == 0 || (a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0);
}

bool reel__proxies_have(const reel_proxies *proxies, const reel_address *address)
{
    for (int i = 0; i < proxies->count; i++)
        if (same_bits(&proxies->network[i].address, address, proxies->network[i].bits))
            return true;
    return false;
}

/* ---- clients ------------------------------------------------------------------------------- */

void reel__client_peer(reel_client *out, const struct sockaddr *peer, bool tls)
{
    memset(out, 0, sizeof *out);
    out->https = tls;
    (void)snprintf(out->text, sizeof out->text, "-");
    if (peer != NULL && peer->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, peer, sizeof v4);
        memcpy(out->address.bytes, v4_prefix, sizeof v4_prefix);
        memcpy(out->address.bytes + sizeof v4_prefix, &v4.sin_addr, sizeof v4.sin_addr);
        write_text(out);
    } else if (peer != NULL && peer->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, peer, sizeof v6);
        memcpy(out->address.bytes, &v6.sin6_addr, sizeof out->address.bytes);
        write_text(out);
    }
}

typedef struct piece {
    const char *text;
    size_t length;
} piece;

static piece trim(const char *from, const char *end)
{
    while (from < end && (*from == ' ' || *from == '\t'))
        from++;
    while (end > from && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (piece){from, (size_t)(end - from)};
}

/* The last piece before end that a separator parts off, outside of quotes in pairs; *end moves to
 * where the rest ends, or to NULL when there is none. */
static piece last_piece(const char *begin, const char **end, char separator)
{
    const char *at = *end;
    bool quoted = false;
    piece found;

    while (at > begin && (quoted || at[-1] != separator)) {
        at--;
        quoted = quoted != (*at == '"');
    }
    found = trim(at, *end);
    *end = at > begin ? at - 1 : NULL;
    return found;
}

/* The value of a pair in one element of Forwarded, quotes taken off; empty when it is not there. */
static piece pair_value(piece element, const char *name)
{
    const char *end = element.text + element.length;
    const size_t length = strlen(name);

    while (end != NULL) {
        piece pair = last_piece(element.text, &end, ';');

        if (pair.length <= length || strncasecmp(pair.text, name, length) != 0 ||
            pair.text[length] != '=')
            continue;
        pair = trim(pair.text + length + 1, pair.text + pair.length);
        if (pair.length >= 2 && pair.text[0] == '"' && pair.text[pair.length - 1] == '"')
            pair = (piece){pair.text + 1, pair.length - 2};
        return pair;
    }
    return (piece){"", 0};
}

static bool is_https(piece value)
{
    return value.length == 5 && strncasecmp(value.text, "https", 5) == 0;
}

/* Follow one header; address and https as it has them. */
static void follow(reel_client *client, const reel_proxies *proxies, const char *list, bool pairs)
{
    const char *end = list + strlen(list);

    for (int hop = 0; hop < HOPS_MOST && end != NULL; hop++) {
        const piece element = last_piece(list, &end, ',');
        const piece node = pairs ? pair_value(element, "for") : element;
        reel_address address;

        if (pairs && hop == 0)
            client->https = is_https(pair_value(element, "proto"));
        if (!read_node(&address, node.text, node.length))
            return;
        client->address = address;
        if (!reel__proxies_have(proxies, &address))
            return;
    }
}

void reel__client_behind(reel_client *out, const reel_proxies *proxies, const reel_forwarded *said)
{
    reel_client by_x = *out, by_standard = *out;

    if (!reel__proxies_have(proxies, &out->address))
        return;
    if (said->x_for != NULL)
        follow(&by_x, proxies, said->x_for, false);
    if (said->x_proto != NULL) {
        const char *end = said->x_proto + strlen(said->x_proto);

        by_x.https = is_https(last_piece(said->x_proto, &end, ','));
    }
    if (said->forwarded != NULL)
        follow(&by_standard, proxies, said->forwarded, true);
    if (said->x_for != NULL && said->forwarded != NULL &&
        memcmp(&by_x.address, &by_standard.address, sizeof by_x.address) != 0) {
        out->doubted = true;
        return;
    }
    *out = said->x_for != NULL || said->x_proto != NULL ? by_x : by_standard;
    if (said->x_for == NULL && said->forwarded != NULL)
        out->address = by_standard.address;
    write_text(out);
}

bool reel__client_is_own(const reel_client *client, const reel_proxies *proxies)
{
    return !client->doubted && (reel__address_is_loopback(&client->address) ||
                                reel__proxies_have(proxies, &client->address));
}
