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
}

/* The lines of one header, joined by commas. */
typedef struct joined {
    const char *name;
    char text[HEADER_MOST];
    size_t length;
    bool found;
} joined;

static enum MHD_Result join(void *user, enum MHD_ValueKind kind, const char *name,
                            const char *value)
{
    joined *header = user;
    const size_t length = value == NULL ? 0 : strlen(value);

    (void)kind;
    if (strcasecmp(name, header->name) != 0)
        return MHD_YES;
    if (header->length + length + 2 > sizeof header->text) {
        header->length = 0; /* longer than any chain of proxies: nothing of it is believed */
        header->text[0] = '\0';
        header->found = true;
        return MHD_NO;
    }
    if (header->found)
        header->text[header->length++] = ',';
    if (length > 0)
        memcpy(header->text + header->length, value, length);
    header->length += length;
    header->text[header->length] = '\0';
    header->found = true;
    return MHD_YES;
}

static const char *joined_header(struct MHD_Connection *connection, joined *out, const char *name)
{
    out->name = name;
    out->length = 0;
    out->found = false;
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, join, out);
    return out->found ? out->text : NULL;
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
    (void)reel__request_id(exchange->request_id,
                           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Request-Id"),
                           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "traceparent"));
    return behind;
}
