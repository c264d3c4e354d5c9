/* fuzz_forwarded.c - any bytes as what proxies say, as networks to trust, as names of hosts, and as
 * ids of requests.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/access.h"
#include "http/hosts.h"

/* A name that is not this machine's is only known where it was given. */
static void name_hosts(const char *text)
{
    reel_hosts hosts;
    reel_err err = {REEL_OK, ""};

    if (reel__hosts_read(&hosts, text, &err) != REEL_OK)
        must(err.code == REEL_E_INVALID);
    must(hosts.count >= 0 && hosts.count <= REEL_HOSTS_MAX);
    hosts.count = 0;
    if (reel__hosts_have(&hosts, text))
        must(strpbrk(text, "/@ \r\n") == NULL || strchr(text, ':') != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[2048];
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    reel_forwarded said = {NULL, NULL, NULL};
    reel_proxies proxies = {.count = 0};
    reel_client client;
    char id[REEL_HTTP_REQUEST_ID] = "";
    reel_err err = {REEL_OK, ""};

    if (size == 0 || size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    name_hosts(text + 1);
    if (reel__proxies_read(&proxies, text + 1, &err) != REEL_OK)
        must(err.code == REEL_E_INVALID);
    must(proxies.count >= 0 && proxies.count <= REEL_PROXIES_MAX);
    for (int i = 0; i < proxies.count; i++)
        must(proxies.network[i].bits >= 0 && proxies.network[i].bits <= 128);
    reel__client_peer(&client, &nowhere, false);
    proxies.network[0].bits = 0; /* everyone */
    proxies.count = 1;
    said.x_for = (data[0] & 1) != 0 ? text + 1 : NULL;
    said.x_proto = (data[0] & 2) != 0 ? text + 1 : NULL;
    said.forwarded = (data[0] & 4) != 0 ? text + 1 : NULL;
    reel__client_behind(&client, &proxies, &said);
    must(strspn(client.text, "0123456789abcdef.:-") == strlen(client.text));
    if (reel__request_id(id, (data[0] & 8) != 0 ? text + 1 : NULL, text + 1))
        must(id[0] != '\0' && strpbrk(id, " \t\r\n\"=") == NULL);
    else
        must(id[0] == '\0');
    return 0;
}
