/* docs.c - the API as a page to be read: the route table and the schemas, without a script or a
 * third party. Everything on it is the program's own text.
 */
#include <string.h>

#include "http/routes.h"
#include "reel/version.h"

__asm__(".section .rodata\n"
        "reel__docs_style_begin:\n"
        ".incbin \"" REEL_DOCS_STYLE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char reel__docs_style_begin[] __attribute__((visibility("hidden")));

enum { JSON_DEPTH = 24 };

static void put_escaped(reel_buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '<')
            reel__buf_text(out, "&lt;");
        else if (text[i] == '&')
            reel__buf_text(out, "&amp;");
        else if (text[i] == '"')
            reel__buf_text(out, "&quot;");
        else
            reel__buf_char(out, text[i]);
    }
}

static void put_schema_link(reel_buf *out, const char *term, const char *schema)
{
    if (schema != NULL)
        reel__buf_format(out, "<dt>%s</dt><dd><a href=\"#%s\">%s</a></dd>", term, schema, schema);
}

static void put_parameters(reel_buf *out, const reel_route *route, const json_t *parameters)
{
    char name[40];

    for (const char *at = route->query; at != NULL && *at != '\0';) {
        const size_t length = strcspn(at, " ");
        const char *meaning;

        (void)snprintf(name, sizeof name, "%.*s", (int)length, at);
        meaning =
            json_string_value(json_object_get(json_object_get(parameters, name), "description"));
        reel__buf_format(out, "<dt><code>%s</code></dt><dd>", name);
        put_escaped(out, meaning == NULL ? "" : meaning, meaning == NULL ? 0 : strlen(meaning));
        reel__buf_text(out, "</dd>");
        at += length + (at[length] == ' ');
    }
}

static void put_need(reel_buf *out, reel_need need)
{
    char scope[64];

    reel__scopes_write(scope, reel__need_scope(need));
    if (need != REEL_NEED_NOTHING)
        reel__buf_format(out, "<dt>needs</dt><dd>%s%s</dd>", scope[0] == '\0' ? "" : "scope ",
                         scope[0] == '\0' ? "to be signed in" : scope);
}

static void put_route(reel_buf *out, const reel_route *route, const json_t *parameters)
{
    reel__buf_format(out, "<details><summary><b>%s</b><code>%s</code><span>", route->method,
                     route->path);
    put_escaped(out, route->help, strlen(route->help));
    reel__buf_text(out, "</span></summary><dl>");
    put_parameters(out, route, parameters);
    put_need(out, route->need);
    put_schema_link(out, "body", route->body);
    put_schema_link(out, "answer", route->answer);
    put_schema_link(out, "otherwise", "Problem");
    reel__buf_text(out, "</dl></details>\n");
}

static void put_routes(reel_buf *out, const json_t *parameters)
{
    const char *before = "", *group;
    size_t length_before = 0, length;

    for (size_t i = 0; reel__route_at(i) != NULL; i++) {
        const reel_route *route = reel__route_at(i);

        if (route->door == REEL_DOOR_ADMIN || route->name == NULL)
            continue;
        length = reel__route_group(route->path, &group);
        if (length != length_before || strncmp(group, before, length) != 0)
            reel__buf_format(out, "<h2>%.*s</h2>\n", (int)length, group);
        before = group;
        length_before = length;
        put_route(out, route, parameters);
    }
}

static int escape_some(const char *text, size_t length, void *out)
{
    put_escaped(out, text, length);
    return 0;
}

static reel_code put_schemas(reel_buf *out, json_t *schemas, reel_err *err)
{
    const char *name;
    json_t *schema;

    reel__buf_text(out, "<h2>Schemas</h2>\n");
    json_object_foreach(schemas, name, schema)
    {
        reel__buf_format(out, "<details id=\"%s\"><summary><b></b><code>%s</code></summary><pre>",
                         name, name);
        if (json_dump_callback(schema, escape_some, out, JSON_INDENT(1)) != 0)
            return reel_fail(err, REEL_E_NOMEM, "no memory to describe the API");
        reel__buf_text(out, "</pre></details>\n");
    }
    return REEL_OK;
}

reel_code reel__handle_docs(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_buf *out = &exchange->answer;
    const char *text = reel__openapi_components();
    json_t *components;
    reel_code rc = reel__json_parse(&components, text, strlen(text), JSON_DEPTH, err);

    if (rc != REEL_OK)
        return rc;
    exchange->answer_type = "text/html; charset=utf-8";
    exchange->cache_control = "no-cache";
    reel__buf_format(out,
                     "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width\">"
                     "<title>Reel API</title><link rel=\"stylesheet\" href=\"/api/v1/docs.css\">"
                     "</head><body><main><h1>Reel API</h1><p>Version %s. The same for programs: "
                     "<a href=\"/api/v1/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\n",
                     reel_version());
    put_routes(out, json_object_get(components, "parameters"));
    rc = put_schemas(out, json_object_get(components, "schemas"), err);
    reel__buf_text(out, "</main></body></html>\n");
    json_decref(components);
    return rc;
}

reel_code reel__handle_docs_style(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;

    (void)err;
    exchange->answer_type = "text/css; charset=utf-8";
    exchange->fixed = reel__docs_style_begin;
    exchange->fixed_length = strlen(reel__docs_style_begin);
    exchange->cache_control = "no-cache";
    return REEL_OK;
}
