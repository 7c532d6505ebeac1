/** What a validator says is wrong with a value; the fields are those of Ajv, with `verbose`. */
export interface Fault {
  readonly keyword: string;
  /** JSON pointer to the value (RFC 6901). */
  readonly instancePath: string;
  readonly params: object;
  readonly data?: unknown;
  readonly parentSchema?: object | undefined;
}

/** Longest name of a caller's field that is said again. */
const MAX_NAME = 40;

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

/** What a rule was given. */
interface Parameters {
  readonly limit?: number;
  readonly pattern?: string;
  readonly allowedValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly missingProperty?: string;
  readonly additionalProperty?: string;
}

/** What a value has to be, by the rule that it breaks. */
const RULES: Readonly<Record<string, (params: Parameters, fault: Fault) => string>> = {
  enum: ({ allowedValues = [] }) => oneOf(allowedValues),
  const: ({ allowedValue }) => oneOf([allowedValue]),
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`),
  maximum: ({ limit }) => `must be at most ${limit}`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maxItems: ({ limit }) => `must have at most ${limit} items`,
  minItems: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} items`),
  minProperties: () => 'must not be empty',
  uniqueItems: () => 'must not have the same item twice',
  pattern: ({ pattern = '' }, fault) => formOf(pattern, fault),
};

/** One sentence for people about the first thing that is wrong: which field, and what it may be. It never tells what is in it. */
export function faultInWords(faults: readonly Fault[]): string {
  const first = faults[0];
  if (!first) return 'The body is not as expected.';
  // Of a value that may also be null, the rule that it breaks says more than that it is not null.
  const same = faults.filter(({ instancePath, keyword }) => instancePath === first.instancePath && keyword !== 'anyOf');
  const fault = same.find(({ keyword }) => keyword !== 'type') ?? first;
  const params = fault.params as Parameters;
  const { missingProperty, additionalProperty } = params;
  if (missingProperty !== undefined) return `${nameOf(`${fault.instancePath}/${missingProperty}`)} is missing.`;
  if (additionalProperty !== undefined) return unknownField(additionalProperty, fault);
  const subject = nameOf(fault.instancePath);
  if (fault.keyword !== 'type') return `${subject} ${RULES[fault.keyword]?.(params, fault) ?? 'is not as expected'}.`;
  const types = new Set(same.flatMap((each) => (each.params as { type?: string | string[] }).type ?? []));
  return `${subject} must be ${[...types].map((type) => TYPES[type] ?? type).join(' or ')}.`;
}

function nameOf(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  const last = parts.at(-1);
  if (last === undefined) return 'The body';
  const name = (words: readonly string[]): string => `“${words.map(unescaped).join('.')}”`;
  if (parts.length > 1 && /^\d+$/.test(last)) return `Item ${Number(last) + 1} of ${name(parts.slice(0, -1))}`;
  return name(parts);
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function unknownField(name: string, { instancePath, parentSchema }: Fault): string {
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
  const where = instancePath === '' ? '' : ` of ${nameOf(instancePath)}`;
  const said = `“${name.replaceAll(/\p{C}/gu, '').slice(0, MAX_NAME)}” is not a field${where} here`;
  return known.length === 0 ? `${said}.` : `${said}; there are ${known.join(', ')}.`;
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return words.length === 1 ? `must be ${words[0]}` : `must be one of: ${words.join(', ')}`;
}

/** A form is told by the words of its schema; of most texts it is only that they have something in them, on one line. */
function formOf(pattern: string, { data, parentSchema }: Fault): string {
  const { description } = (parentSchema ?? {}) as { description?: string };
  if (typeof data === 'string' && data.trim() === '') return 'must not be empty';
  if (description !== undefined) return `must be ${description}`;
  if (!/p\{Cc\}/i.test(pattern)) return 'is not of the form that it takes';
  return pattern.includes(String.raw`\n`) ? 'must have no control characters' : 'must be one line of text';
}

/** What is wrong with a text that is no JSON, without the text itself, by what the parser says of it. */
export function brokenJsonInWords(message: string): string {
  if (message.includes('prototype')) return 'The body has a field that no body may have.';
  const place = /line (\d+) column (\d+)/.exec(message);
  const [what = ''] = /^.*?(?=, (?:\.\.\.)?"| in JSON at| is not valid JSON|$)/s.exec(message) ?? [];
  const at = place ? ` at line ${place[1]}, column ${place[2]}` : '';
  return `The body is not valid JSON: ${what.slice(0, 1).toLowerCase()}${what.slice(1)}${at}.`;
}
