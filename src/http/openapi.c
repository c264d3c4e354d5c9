/* openapi.c - the API described as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), made of the
 * route table and of the schemas beside this file, which the assembler copies in.
 */
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "reel/version.h"

__asm__(".section .rodata\n"
        "reel__openapi_begin:\n"
        ".incbin \"" REEL_OPENAPI_FILE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char reel__openapi_begin[] __attribute__((visibility("hidden")));

const char *reel__openapi_components(void)
{
    return reel__openapi_begin;
}

static void put_reference(reel_json *json, const char *kind, const char *name, size_t length)
{
    char text[96];

    (void)snprintf(text, sizeof text, "#/components/%s/%.*s", kind, (int)length, name);
    reel__json_object(json);
    reel__json_put_text(json, "$ref", text);
    reel__json_object_end(json);
}

/* ---- one operation ------------------------------------------------------------------------- */

/* The names in braces. */
static void put_path_parameters(reel_json *json, const char *path)
{
    while ((path = strchr(path, '{')) != NULL) {
        const size_t length = strcspn(++path, "}");

        reel__json_object(json);
        reel__json_key(json, "name");
        reel__json_text_n(json, path, length);
        reel__json_put_text(json, "in", "path");
        reel__json_put_bool(json, "required", true);
        reel__json_key(json, "schema");
        reel__json_object(json);
        reel__json_put_text(
            json, "type",
            strncmp(path, "id}", 3) == 0 || strncmp(path, "movie}", 6) == 0 ? "integer" : "string");
        reel__json_object_end(json);
        reel__json_object_end(json);
    }
}

static void put_parameters(reel_json *json, const reel_route *route)
{
    reel__json_key(json, "parameters");
    reel__json_array(json);
    put_path_parameters(json, route->path);
    for (const char *at = route->query; at != NULL && *at != '\0';) {
        const size_t length = strcspn(at, " ");

        put_reference(json, "parameters", at, length);
        at += length + (at[length] == ' ');
    }
    if (route->repeat == REEL_REPEAT_ONCE)
        put_reference(json, "parameters", "idempotency_key", strlen("idempotency_key"));
    reel__json_array_end(json);
}

static void put_content(reel_json *json, const char *type, const char *schema)
{
    reel__json_key(json, "content");
    reel__json_object(json);
    reel__json_key(json, type);
    reel__json_object(json);
    reel__json_key(json, "schema");
    put_reference(json, "schemas", schema, strlen(schema));
    reel__json_object_end(json);
    reel__json_object_end(json);
}

/* A schema, or a media type that is taken besides JSON as others write it. */
static void put_body(reel_json *json, const char *body)
{
    const char *const types[] = {body, "application/json"};

    if (strchr(body, '/') == NULL) {
        put_content(json, "application/json", body);
        return;
    }
    reel__json_key(json, "content");
    reel__json_object(json);
    for (size_t i = 0; i < 2; i++) {
        reel__json_key(json, types[i]);
        reel__json_object(json);
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
}

/* What is taken away leaves nothing to say. */
static bool has_no_content(const reel_route *route)
{
    return strcmp(route->method, "DELETE") == 0 && route->answer == NULL;
}

static void put_answers(reel_json *json, const reel_route *route)
{
    char status[12];

    reel__json_key(json, "responses");
    reel__json_object(json);
    (void)snprintf(status, sizeof status, "%d",
                   has_no_content(route) ? 204
                   : route->status == 0  ? 200
                                         : route->status);
    reel__json_key(json, status);
    reel__json_object(json);
    reel__json_put_text(json, "description", route->help);
    if (route->answer != NULL)
        put_content(json, "application/json", route->answer);
    reel__json_object_end(json);
    reel__json_key(json, "default");
    reel__json_object(json);
    reel__json_put_text(json, "description", "what went wrong, where, and what to do");
    put_content(json, "application/problem+json", "Problem");
    reel__json_object_end(json);
    reel__json_object_end(json);
}

static void put_tag(reel_json *json, const char *path)
{
    const char *group;
    const size_t length = reel__route_group(path, &group);

    reel__json_key(json, "tags");
    reel__json_array(json);
    reel__json_text_n(json, group, length);
    reel__json_array_end(json);
}

/* Any one of these is enough. The scopes stand beside the ways to send them. */
static void put_security(reel_json *json, const reel_route *route, bool open)
{
    static const char *const ways[] = {"session", "bearer", "key"};
    const reel_caller nobody = reel__caller_nobody(open);
    char scope[64];

    reel__scopes_write(scope, reel__need_scope(route->need));
    reel__json_key(json, "security");
    reel__json_array(json);
    if (reel__caller_check(&nobody, route->need, NULL) == REEL_OK) {
        reel__json_object(json);
        reel__json_object_end(json);
    }
    for (size_t i = 0; route->need != REEL_NEED_NOTHING && i < sizeof ways / sizeof *ways; i++) {
        if (i > 0 && scope[0] == '\0') /* in person */
            break;
        reel__json_object(json);
        reel__json_key(json, ways[i]);
        reel__json_array(json);
        if (scope[0] != '\0')
            reel__json_text(json, scope);
        reel__json_array_end(json);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_method(reel_json *json, const char *method)
{
    char lower[12];
    size_t length = 0;

    for (; method[length] != '\0' && length + 1 < sizeof lower; length++)
        lower[length] = (char)(method[length] + ('a' - 'A'));
    lower[length] = '\0';
    reel__json_key(json, lower);
}

static void put_operation(reel_json *json, const reel_route *route, bool open)
{
    put_method(json, route->method);
    reel__json_object(json);
    reel__json_put_text(json, "operationId", route->name);
    reel__json_put_text(json, "summary", route->help);
    put_tag(json, route->path);
    put_security(json, route, open);
    put_parameters(json, route);
    if (route->body != NULL) {
        reel__json_key(json, "requestBody");
        reel__json_object(json);
        reel__json_put_bool(json, "required", true);
        put_body(json, route->body);
        reel__json_object_end(json);
    }
    put_answers(json, route);
    reel__json_object_end(json);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static bool is_first_of_path(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(reel__route_at(i)->path, reel__route_at(at)->path) == 0)
            return false;
    return true;
}

static void put_paths(reel_json *json, bool open)
{
    const reel_route *route;

    reel__json_key(json, "paths");
    reel__json_object(json);
    for (size_t i = 0; (route = reel__route_at(i)) != NULL; i++) {
        if (route->door == REEL_DOOR_ADMIN || route->name == NULL || !is_first_of_path(i))
            continue;
        reel__json_key(json, route->path);
        reel__json_object(json);
        for (size_t k = i; reel__route_at(k) != NULL; k++)
            if (strcmp(reel__route_at(k)->path, route->path) == 0)
                put_operation(json, reel__route_at(k), open);
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
}

void reel__openapi_write(reel_buf *out, bool open)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    reel__json_put_text(&json, "openapi", "3.1.0");
    reel__json_key(&json, "info");
    reel__json_object(&json);
    reel__json_put_text(&json, "title", "Reel");
    reel__json_put_text(&json, "version", reel_version());
    reel__json_put_text(&json, "summary", "Films for people, with the reason for each.");
    reel__json_object_end(&json);
    put_paths(&json, open);
    reel__json_key(&json, "components");
    reel__json_raw(&json, reel__openapi_begin, strlen(reel__openapi_begin));
    reel__json_object_end(&json);
}

reel_code reel__handle_openapi(reel_context *context, reel_err *err)
{
    (void)err;
    reel__openapi_write(&context->exchange->answer, context->app->auth == REEL_AUTH_OPEN);
    return REEL_OK;
}
