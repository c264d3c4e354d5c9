/* framing.c - what RFC 9112 (sections 3.2, 5.1, 6.1 and 6.3) asks a server to refuse. */
#include "http/framing.h"

#include <string.h>
#include <strings.h>

void reel__framing_see(reel_framing *framing, const char *name, const char *value)
{
    if (name[0] == '\0' || name[strcspn(name, " \t\r\v\f")] != '\0')
        framing->blank_name = true;
    if (strcasecmp(name, "Content-Length") == 0)
        framing->lengths++;
    if (strcasecmp(name, "Host") == 0)
        framing->hosts++;
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        framing->codings++;
        if (value == NULL || strcasecmp(value, "chunked") != 0)
            framing->other_coding = true;
    }
}

reel_code reel__framing_check(const reel_framing *framing, const char *version, reel_err *err)
{
    const bool old = strcmp(version, "HTTP/1.0") == 0;

    if (framing->blank_name)
        return reel_fail(err, REEL_E_SYNTAX,
                         "a header has white space in its name; send Name: value, each on a line");
    if (framing->lengths > 1)
        return reel_fail(err, REEL_E_SYNTAX,
                         "Content-Length came %d times; say the length of the body once",
                         framing->lengths);
    if (framing->lengths + framing->codings > 1)
        return reel_fail(err, REEL_E_SYNTAX,
                         "the body's end is said twice; send either Content-Length or "
                         "Transfer-Encoding, once");
    if (framing->other_coding || (old && framing->codings > 0))
        return reel_fail(err, REEL_E_SYNTAX,
                         "Transfer-Encoding is only taken as \"chunked\", in HTTP/1.1");
    if (framing->hosts > 1 || (framing->hosts == 0 && !old))
        return reel_fail(err, REEL_E_SYNTAX, "Host came %d times; send it once", framing->hosts);
    return REEL_OK;
}
