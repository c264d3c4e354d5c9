/* headers.c - see headers.h. */
#include "http/headers.h"

#include <string.h>
#include <strings.h>

#include "http/access.h"

enum { HEADER_MOST = 2048 };

void reel__headers_read(reel_exchange *exchange, struct MHD_Connection *connection)
{
    const struct {
        const char **to, *name;
    } wanted[] = {
        {&exchange->content_type, MHD_HTTP_HEADER_CONTENT_TYPE},
        {&exchange->content_encoding, MHD_HTTP_HEADER_CONTENT_ENCODING},
        {&exchange->idempotency_key, "Idempotency-Key"},
        {&exchange->if_match, MHD_HTTP_HEADER_IF_MATCH},
        {&exchange->if_none_match, MHD_HTTP_HEADER_IF_NONE_MATCH},
        {&exchange->accept_encoding, MHD_HTTP_HEADER_ACCEPT_ENCODING},
        {&exchange->accept_language, MHD_HTTP_HEADER_ACCEPT_LANGUAGE},
        {&exchange->cookie, MHD_HTTP_HEADER_COOKIE},
        {&exchange->authorization, MHD_HTTP_HEADER_AUTHORIZATION},
        {&exchange->api_key, "X-API-Key"},
        {&exchange->host, MHD_HTTP_HEADER_HOST},
        {&exchange->origin, "Origin"},
        {&exchange->asked_method, "Access-Control-Request-Method"},
        {&exchange->fetch_site, "Sec-Fetch-Site"},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        *wanted[i].to = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, wanted[i].name);
    if (exchange->authority[0] != '\0')
        exchange->host = exchange->authority;
}

/* The lines of one header, joined by commas: their end, where proxies write. */
typedef struct joined {
    const char *name;
    char text[HEADER_MOST];
    size_t length;
    bool found, cut;
} joined;

/* What comes first makes room: it is a client's, who may send as much as it likes. */
static void append(joined *header, const char *text, size_t length)
{
    const size_t most = sizeof header->text - 1;
    size_t over;

    if (length > most) {
        text += length - most;
        length = most;
        header->cut = true;
    }
    over = header->length + length > most ? header->length + length - most : 0;
    if (over > 0) {
        header->cut = true;
        header->length -= over;
        memmove(header->text, header->text + over, header->length);
    }
    memcpy(header->text + header->length, text, length);
    header->length += length;
    header->text[header->length] = '\0';
}

static enum MHD_Result join(void *user, enum MHD_ValueKind kind, const char *name,
                            const char *value)
{
    joined *header = user;

    (void)kind;
    if (strcasecmp(name, header->name) != 0)
        return MHD_YES;
    if (header->found)
        append(header, ",", 1);
    if (value != NULL)
        append(header, value, strlen(value));
    header->found = true;
    return MHD_YES;
}

static const char *joined_header(struct MHD_Connection *connection, joined *out, const char *name)
{
    out->name = name;
    out->length = 0;
    out->text[0] = '\0';
    out->found = out->cut = false;
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, join, out);
    if (!out->found)
        return NULL;
    /* Half an element may look like a whole one. */
    return out->cut ? out->text + strcspn(out->text, ",") : out->text;
}

bool reel__headers_caller(reel_exchange *exchange, struct MHD_Connection *connection,
                          const reel_proxies *proxies, bool tls)
{
    reel_client *client = &exchange->client;
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    joined x_for, x_proto, forwarded;
    bool behind;

    reel__client_peer(client, peer == NULL ? NULL : peer->client_addr, tls);
    behind = reel__proxies_have(proxies, &client->address);
    if (behind) {
        const reel_forwarded said = {joined_header(connection, &x_for, "X-Forwarded-For"),
                                     joined_header(connection, &x_proto, "X-Forwarded-Proto"),
                                     joined_header(connection, &forwarded, "Forwarded")};

        reel__client_behind(client, proxies, &said);
    }
    client->own = reel__client_is_own(client, proxies);
    (void)reel__request_id(exchange->request_id,
                           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Request-Id"),
                           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "traceparent"));
    return behind;
}
