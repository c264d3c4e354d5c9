/* support/schema.h - JSON against the part of JSON Schema 2020-12 that the API's description uses:
 * type, properties, required, additionalProperties (false, or a schema), items, enum, minimum,
 * maximum, oneOf and $ref. A schema with any other keyword is refused, so that nothing is believed
 * to be checked that is not. Threads: no state.
 */
#ifndef TESTS_SUPPORT_SCHEMA_H
#define TESTS_SUPPORT_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SCHEMA_WHERE = 200 };

static inline bool schema_check(const json_t *components, const json_t *schema, const json_t *value,
                                char where[SCHEMA_WHERE]);

static inline bool schema_is_type(const json_t *value, const char *type)
{
    if (strcmp(type, "null") == 0)
        return json_is_null(value);
    if (strcmp(type, "integer") == 0)
        return json_is_integer(value);
    if (strcmp(type, "number") == 0)
        return json_is_number(value);
    if (strcmp(type, "string") == 0)
        return json_is_string(value);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    return strcmp(type, "array") == 0 ? json_is_array(value) : json_is_object(value);
}

static inline bool schema_check_type(const json_t *type, const json_t *value)
{
    if (type == NULL || json_is_string(type))
        return type == NULL || schema_is_type(value, json_string_value(type));
    for (size_t i = 0; i < json_array_size(type); i++)
        if (schema_is_type(value, json_string_value(json_array_get(type, i))))
            return true;
    return false;
}

static inline bool schema_check_enum(const json_t *allowed, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(allowed); i++)
        if (json_equal(json_array_get(allowed, i), value))
            return true;
    return allowed == NULL;
}

static inline bool schema_check_range(const json_t *schema, const json_t *value)
{
    const json_t *least = json_object_get(schema, "minimum");
    const json_t *most = json_object_get(schema, "maximum");

    return !json_is_number(value) ||
           ((least == NULL || json_number_value(value) >= json_number_value(least)) &&
            (most == NULL || json_number_value(value) <= json_number_value(most)));
}

static inline void schema_at(char where[SCHEMA_WHERE], const char *part)
{
    char inner[SCHEMA_WHERE];

    (void)snprintf(inner, sizeof inner, "%s", where);
    (void)snprintf(where, SCHEMA_WHERE, "%.80s.%.100s", part, inner);
}

static inline bool schema_check_members(const json_t *components, const json_t *schema,
                                        const json_t *value, char where[SCHEMA_WHERE])
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *required = json_object_get(schema, "required");
    const char *name;
    json_t *member;

    for (size_t i = 0; i < json_array_size(required); i++)
        if (json_object_get(value, json_string_value(json_array_get(required, i))) == NULL) {
            schema_at(where, json_string_value(json_array_get(required, i)));
            return false;
        }
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        const json_t *own = json_object_get(properties, name);
        const json_t *others = json_object_get(schema, "additionalProperties");
        const json_t *rule = own != NULL ? own : json_is_object(others) ? others : NULL;
        const bool held =
            rule != NULL ? schema_check(components, rule, member, where) : others == NULL;

        if (held)
            continue;
        schema_at(where, name);
        return false;
    }
    return true;
}

static inline bool schema_check_items(const json_t *components, const json_t *schema,
                                      const json_t *value, char where[SCHEMA_WHERE])
{
    const json_t *items = json_object_get(schema, "items");

    for (size_t i = 0; items != NULL && i < json_array_size(value); i++)
        if (!schema_check(components, items, json_array_get(value, i), where)) {
            char part[24];

            (void)snprintf(part, sizeof part, "[%zu]", i);
            schema_at(where, part);
            return false;
        }
    return true;
}

static inline bool schema_check_one(const json_t *components, const json_t *kinds,
                                    const json_t *value)
{
    size_t held = 0;

    for (size_t i = 0; i < json_array_size(kinds); i++) {
        char where[SCHEMA_WHERE] = "";

        held += schema_check(components, json_array_get(kinds, i), value, where);
    }
    return kinds == NULL || held == 1;
}

static inline bool schema_knows_keywords(const json_t *schema)
{
    static const char known[] = " type properties required additionalProperties items enum minimum "
                                "maximum oneOf description ";
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)schema, name, value)
    {
        char word[40];

        (void)snprintf(word, sizeof word, " %.36s ", name);
        if (strstr(known, word) == NULL)
            return false;
    }
    return true;
}

static inline bool schema_check(const json_t *components, const json_t *schema, const json_t *value,
                                char where[SCHEMA_WHERE])
{
    static const char base[] = "#/components/schemas/";
    const char *reference = json_string_value(json_object_get(schema, "$ref"));

    if (reference != NULL) {
        const json_t *schemas = json_object_get(components, "schemas");
        const json_t *other = strncmp(reference, base, strlen(base)) == 0
                                  ? json_object_get(schemas, reference + strlen(base))
                                  : NULL;

        return other != NULL && schema_check(components, other, value, where);
    }
    return schema_knows_keywords(schema) &&
           schema_check_type(json_object_get(schema, "type"), value) &&
           schema_check_enum(json_object_get(schema, "enum"), value) &&
           schema_check_range(schema, value) &&
           schema_check_one(components, json_object_get(schema, "oneOf"), value) &&
           (!json_is_object(value) || schema_check_members(components, schema, value, where)) &&
           (!json_is_array(value) || schema_check_items(components, schema, value, where));
}

/* Whether a value is what the schema of that name says; where [SCHEMA_WHERE]: the place that is
 * not.
 */
static inline bool schema_holds(const json_t *components, const char *name, const json_t *value,
                                char where[SCHEMA_WHERE])
{
    const json_t *schema = json_object_get(json_object_get(components, "schemas"), name);

    if (schema != NULL && schema_check(components, schema, value, where))
        return true;
    schema_at(where, name);
    return false;
}

#endif
