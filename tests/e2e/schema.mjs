// Whether an answer is as the API describes it (OpenAPI 3.1): as much of JSON Schema as the description uses. What it
// uses and is not known here is a mistake, too, so that nothing is passed over.
const kinds = {
  object: (value) => value !== null && typeof value === "object" && !Array.isArray(value), array: Array.isArray, string: (value) => typeof value === "string",
  integer: Number.isInteger, number: (value) => typeof value === "number" && Number.isFinite(value), boolean: (value) => typeof value === "boolean", null: (value) => value === null,
};
const known = new Set(["$ref", "type", "enum", "oneOf", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minimum", "maximum", "description", "format", "default", "example"]);

function look(value, schema, whole, place) {
  if (schema === true) return [];
  const wrong = (text) => [`${place || "the answer"}: ${text}`];
  const strange = Object.keys(schema).filter((key) => !known.has(key));
  if (strange.length > 0) return wrong(`its description has ${strange.join(", ")}, which is not looked at`);
  if (schema.$ref) return look(value, schema.$ref.slice(2).split("/").reduce((at, name) => at[name], whole), whole, place);
  if (schema.oneOf) return schema.oneOf.filter((one) => look(value, one, whole, place).length === 0).length === 1 ? [] : wrong("not one of the kinds there are");
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => kinds[type](value))) return wrong(`${JSON.stringify(value)?.slice(0, 60)} is not ${types.join(" or ")}`);
  if (schema.enum && !schema.enum.includes(value)) return wrong(`${JSON.stringify(value)} is not one of ${schema.enum.join(", ")}`);
  if (typeof value === "number" && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))) return wrong(`${value} is out of range`);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) return wrong(`${value.length} items`);
    return schema.items ? value.flatMap((one, i) => look(one, schema.items, whole, `${place}[${i}]`)) : [];
  }
  return kinds.object(value) ? members(value, schema, whole, place) : [];
}

function members(value, { properties = {}, required = [], additionalProperties = true }, whole, place) {
  const at = (name) => (place ? `${place}.${name}` : name);
  return [
    ...required.filter((name) => value[name] === undefined).map((name) => `${at(name)}: lacks`),
    ...Object.entries(value).filter(([, one]) => one !== undefined).flatMap(([name, one]) => properties[name] ? look(one, properties[name], whole, at(name))
      : additionalProperties === false ? [`${at(name)}: there is no such member`] : look(one, additionalProperties, whole, at(name))),
  ];
}

// What is wrong with a good answer to `method` of a path such as /api/v1/jobs/7.
export function mistakesIn(answer, described, method, path) {
  const fits = (template) => new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path);
  const own = Object.keys(described.paths).filter(fits).sort((a, b) => (a.match(/\{/g) ?? []).length - (b.match(/\{/g) ?? []).length)[0];
  const content = described.paths[own]?.[method.toLowerCase()]?.responses["200"]?.content;
  const schema = content?.["application/json"]?.schema;
  return schema ? look(answer, schema, described, "") : [`the API has no JSON for ${method} ${path}`];
}
