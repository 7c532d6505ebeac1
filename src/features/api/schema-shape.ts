/** The part of JSON Schema that our schemas use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** A schema as the JSON that it describes, a `?` behind what may be absent. */
export function schemaShape(schema: JsonSchema, indent = ''): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((each) => schemaShape(each, indent)).join(' | ');
  if (schema.type === 'array') return `[${schemaShape(schema.items ?? {}, indent)}]`;
  const types = [schema.type ?? []].flat();
  if (!types.includes('object')) return types.join(' | ');
  const inner = `${indent}  `;
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, value]) => `${inner}"${name}"${required.has(name) ? '' : '?'}: ${schemaShape(value, inner)}`,
  );
  return rows.length > 0 ? `{\n${rows.join(',\n')}\n${indent}}` : '{}';
}
