/* support/xml.h - whether a text is well-formed XML of the kind we write: elements that nest,
 * attributes in double quotes, the five entities, UTF-8 without what XML forbids.
 * Threads: no state.
 */
#ifndef TESTS_SUPPORT_XML_H
#define TESTS_SUPPORT_XML_H

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

enum { XML_DEEP = 32, XML_NAME = 32 };

static inline bool xml_entity(const char *at)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(at, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* Up to the byte `end`; NULL when something else comes first that must not stand there. */
static inline const char *xml_text(const char *at, char end)
{
    for (; *at != end; at++)
        if (*at == '\0' || *at == '<' || (*at == '&' && !xml_entity(at)) ||
            ((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t'))
            return NULL;
    return at;
}

static inline size_t xml_name(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:");
}

/* ` name="value"` as often as it comes; NULL when it is wrong. */
static inline const char *xml_attributes(const char *at)
{
    while (*at == ' ') {
        const size_t name = xml_name(++at);

        if (name == 0 || strncmp(at + name, "=\"", 2) != 0)
            return NULL;
        at = xml_text(at + name + 2, '"');
        if (at == NULL)
            return NULL;
        at++;
    }
    return at;
}

/* NULL when well-formed, else where it is not. */
static inline const char *xml_fault(const char *text)
{
    char open[XML_DEEP][XML_NAME];
    const char *at = text;
    int deep = 0;

    if (!reel__utf8_valid(text, strlen(text)))
        return "not UTF-8";
    while (*at != '\0') {
        const bool closing = at[1] == '/';
        const char *start = at + 1 + closing;
        const size_t name = xml_name(start);

        if (*at != '<' || name == 0 || name >= XML_NAME)
            return at;
        if (closing) {
            if (deep == 0 || strlen(open[deep - 1]) != name ||
                strncmp(open[--deep], start, name) != 0 || start[name] != '>')
                return at;
            at = start + name + 1;
        } else {
            const char *end = xml_attributes(start + name);

            if (end == NULL || deep == XML_DEEP)
                return at;
            if (strncmp(end, "/>", 2) == 0) {
                at = end + 2;
            } else if (*end == '>') {
                memcpy(open[deep], start, name);
                open[deep++][name] = '\0';
                at = end + 1;
            } else {
                return at;
            }
        }
        if (deep == 0)
            return *at == '\0' ? NULL : at;
        for (; *at != '<'; at++)
            if (*at == '\0' || (*at == '&' && !xml_entity(at)) ||
                ((unsigned char)*at < 0x20 && *at != '\n' && *at != '\t'))
                return at;
    }
    return at;
}

#endif
