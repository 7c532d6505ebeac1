import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { brokenJsonInWords, faultInWords } from './faults-in-words.ts';

const line = { type: 'string', maxLength: 120, pattern: String.raw`^\P{Cc}*\S\P{Cc}*$` };
const schema = {
  type: 'object',
  required: ['slug'],
  additionalProperties: false,
  properties: {
    slug: { type: 'string' },
    title: line,
    password: { anyOf: [{ type: 'string', minLength: 4 }, { type: 'null' }] },
    role: { enum: ['moderator', 'speaker', 'viewer'] },
    events: { type: 'array', minItems: 1, maxItems: 3, items: { enum: ['stream.live', 'chat'] } },
    tags: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$', description: 'a word of letters' } },
    minutes: { type: 'integer', minimum: 1, maximum: 10 },
    on: { const: true },
    deep: { type: 'object', additionalProperties: false, properties: { url: { type: 'string', minLength: 1 } } },
  },
};
const check = new Ajv({ allowUnionTypes: true, verbose: true }).compile(schema);

test.each<[body: unknown, sentence: string]>([
  [{ title: '' }, '“title” must not be empty.'],
  [{ title: '   ' }, '“title” must not be empty.'],
  [{ title: 'a\nb' }, '“title” must be one line of text.'],
  [{ title: 'a'.repeat(200) }, '“title” must have at most 120 characters.'],
  [{ title: 3 }, '“title” must be text.'],
  [{ password: 'abc' }, '“password” must have at least 4 characters.'],
  [{ password: 3 }, '“password” must be text or null.'],
  [{ role: 'owner' }, '“role” must be one of: moderator, speaker, viewer.'],
  [{ events: ['chat', 'nope'] }, 'Item 2 of “events” must be one of: stream.live, chat.'],
  [{ events: [] }, '“events” must not be empty.'],
  [{ events: ['chat', 'chat', 'chat', 'chat'] }, '“events” must have at most 3 items.'],
  [{ tags: ['a b'] }, 'Item 1 of “tags” must be a word of letters.'],
  [{ minutes: 0 }, '“minutes” must be at least 1.'],
  [{ minutes: 11 }, '“minutes” must be at most 10.'],
  [{ minutes: 1.5 }, '“minutes” must be a whole number.'],
  [{ on: false }, '“on” must be true.'],
  [{ deep: { url: '' } }, '“deep.url” must not be empty.'],
  [{ deep: { uri: '' } }, '“uri” is not a field of “deep” here; there are url.'],
  [[], 'The body must be an object.'],
])('of %j is said: %s', (body, sentence) => {
  const whole = Array.isArray(body) ? body : { slug: 'pond', ...(body as object) };
  expect(check(whole)).toBe(false);
  expect(faultInWords(check.errors!)).toBe(sentence);
});

test('a field that is missing is named, and one that is not known with those that are', () => {
  check({});
  expect(faultInWords(check.errors!)).toBe('“slug” is missing.');
  check({ slug: 'pond', ['x'.repeat(60)]: 1 });
  expect(faultInWords(check.errors!)).toBe(
    `“${'x'.repeat(40)}” is not a field here; there are ${Object.keys(schema.properties).join(', ')}.`,
  );
});

test.each([
  ['{', "The body is not valid JSON: expected property name or '}' at line 1, column 2."],
  ['{"a":secret}', "The body is not valid JSON: unexpected token 's'."],
  ['{"a":1', "The body is not valid JSON: expected ',' or '}' after property value at line 1, column 7."],
  ['"abc', 'The body is not valid JSON: unterminated string at line 1, column 5.'],
  ['[1,', 'The body is not valid JSON: unexpected end of JSON input.'],
])('of the text %s is said: %s', (text, sentence) => {
  let message = '';
  try {
    JSON.parse(text);
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(brokenJsonInWords(message)).toBe(sentence);
});
