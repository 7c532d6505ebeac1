import type { FastifyInstance } from 'fastify';
import { RoomcastError } from '../../errors.ts';
import { brokenJsonInWords } from './faults-in-words.ts';

/**
 * JSON is the only body that is taken: a form or text of another site is refused before anything reads it. A body that
 * nests too deep never reaches the recursive parser, and one with `__proto__` or `constructor.prototype` is refused.
 */
export function takeJsonOnly(app: FastifyInstance, { maxDepth }: { maxDepth: number }): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text === '') done(null, undefined);
    else if (nestsDeeper(text, maxDepth))
      done(new RoomcastError('bad-request', `The JSON body nests deeper than ${maxDepth}.`));
    else
      parse(request, text, (error, value) => {
        if (error) done(new RoomcastError('bad-request', brokenJsonInWords(reasonOf(text))));
        else done(null, value);
      });
  });
}

/** The parser's own words, which the framework keeps to itself; what parses is refused for a name that it has. */
function reasonOf(text: string): string {
  try {
    JSON.parse(text);
    return 'prototype';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether brackets outside of strings nest deeper than `max`. The text need not be valid JSON. */
export function nestsDeeper(text: string, max: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character === '\\') i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      if (++depth > max) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}
