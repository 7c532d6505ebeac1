import { expect, test } from 'vitest';
import { CommandTable } from './command-table.ts';

const table = new CommandTable();
table.add({
  type: 'say',
  summary: 'Says something.',
  access: 'anyone',
  scope: 'chat',
  fields: { text: { type: 'string', minLength: 1, maxLength: 5 }, at: { enum: ['top', 'bottom'] } },
  required: ['text'],
  handle: () => ({}),
});

test.each<[fields: object, sentence: string]>([
  [{}, '“text” is missing.'],
  [{ text: '' }, '“text” must not be empty.'],
  [{ text: 'too long' }, '“text” must have at most 5 characters.'],
  [{ text: 'a', at: 'left' }, '“at” must be one of: top, bottom.'],
  [{ text: 'a', b: 1 }, '“b” is not a field here; there are id, type, text, at.'],
])('a message with %j is refused in words: %s', async (fields, sentence) => {
  const refused = table.check(table.find('say'), { type: 'say', ...fields });
  await expect(refused).rejects.toMatchObject({ code: 'bad-request', message: sentence });
});
