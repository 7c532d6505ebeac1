import { describe, expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from './logger.ts';

async function logged(
  options: Omit<LoggerOptions, 'destination'>,
  write: (logger: Awaited<ReturnType<typeof createLogger>>) => void,
): Promise<string[]> {
  const lines: string[] = [];
  write(await createLogger({ ...options, destination: { write: (line) => void lines.push(line) } }));
  return lines;
}

describe('the logger', () => {
  test('writes one JSON object a line', async () => {
    const lines = await logged({ level: 'info', pretty: false }, (logger) =>
      logger.child({ part: 'rtmp' }).warn({ path: 'live/a' }, 'lost'),
    );
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'warn', part: 'rtmp', path: 'live/a', msg: 'lost' });
  });

  test('leaves out what is less serious than its level', async () => {
    expect(await logged({ level: 'warn', pretty: false }, (logger) => logger.info({}, 'x'))).toEqual([]);
    expect(await logged({ level: 'silent', pretty: false }, (logger) => logger.error({}, 'x'))).toEqual([]);
  });

  test.each([true, false])('makes texts that a peer chose harmless (pretty: %s)', async (pretty) => {
    const lines = await logged({ level: 'info', pretty }, (logger) => {
      logger.info({ agent: 'OBS\r\nforged \x1b[31mline', long: 'x'.repeat(5000) }, 'from\x1b[2J peer');
    });
    const withError = await logged({ level: 'info', pretty }, (logger) =>
      logger.error({ err: new Error('a\r\n[16:00:00] INFO: forged\x1b[2J') }, 'x'),
    );
    expect(withError.join('')).not.toMatch(/[\x1b\r]|^\[16:00:00\]/m);
    const text = lines.join('');
    expect(text.trimEnd()).not.toMatch(/[\x00-\x1f\x7f]/);
    expect(text.length).toBeLessThan(1500);
  });

  test('tells the cause of an error', async () => {
    const [line] = await logged({ level: 'info', pretty: false }, (logger) =>
      logger.error({ err: new Error('disk is full') }, 'failed'),
    );
    expect(JSON.parse(line!)).toMatchObject({ err: { message: 'disk is full', type: 'Error' } });
  });

  test.each([
    ['rk_abcdefghijklmnopqrstuvwxyz234567', 'rk_…'],
    ['/live/rk_abcdefghijklmnopqrstuvwxyz.flv', '/live/rk_….flv'],
    ['rt_0123456789_-abcdefghij', 'rt_…'],
    ['rtmp://host/live?key=mygarden-9Z&x=1', 'rtmp://host/live?key=…&x=1'],
    ['/nowhere?a=b&TOKEN=abc#c', '/nowhere?a=b&TOKEN=…#c'],
    ['live%3Fkey%3Dmygarden-9Z', 'live%3Fkey%3D…'],
    ['http://host/lobby#owner=mygarden-9Z', 'http://host/lobby#owner=…'],
    ['Authorization: Bearer abc.def-ghi_jkl', 'Authorization: Bearer …'],
    ['rtmp://user:pass@host/live', 'rtmp://…@host/live'],
  ])('writes “%s” as “%s”, in words, fields and errors alike', async (secret, shown) => {
    for (const pretty of [true, false]) {
      const lines = await logged({ level: 'debug', pretty }, (logger) => {
        logger.debug({ text: secret, inside: { deep: [secret] }, err: new Error(`failed: ${secret}`) }, `of ${secret}`);
        logger.child({ part: secret }).info({});
      });
      const text = lines.join('').replaceAll('\\/', '/');
      expect(text).not.toContain(secret);
      expect(text.split(shown).length - 1).toBeGreaterThanOrEqual(5);
    }
  });

  test.each([
    ['/x?access_token=zzzzzzzz', 'zzzz'],
    ['apikey=123456&a=b', '1234'],
    ['/x?stream-key=123456', '1234'],
    ['Cookie: a=b; roomcast=AbCdEfGh-_0; c=d', 'AbCd'],
    ['Cookie: __Host-roomcast=AbCdEfGh-_0', 'AbCd'],
    ['got {"key":"MyDeclaredKey0123456","x":1}', 'MyDecl'],
    ['got {"accessToken": "MyDeclaredKey0123456"}', 'MyDecl'],
    [JSON.stringify({ body: '{"key":"MyDeclaredKey0123456"}' }), 'MyDecl'],
    ['x-api-key: MyDeclaredKey', 'MyDecl'],
    ['key=abc"defghijk', 'defg'],
    ['rtmp://user:p@ss@host/live', 'ss@'],
    ['http://user:p/w@host/live', '/w@'],
  ])('leaves nothing of the secret in “%s”', async (text, leak) => {
    for (const pretty of [true, false]) {
      const lines = await logged({ level: 'debug', pretty }, (logger) => {
        logger.debug({ text, inside: { deep: [text] }, err: new Error(text) }, text);
        logger.child({ part: text }).info({});
      });
      expect(lines.join('')).not.toContain(leak);
      if (!pretty)
        expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['debug', 'info']);
    }
  });

  test('leaves nothing of a secret that is a field', async () => {
    const fields = { key: 'say "friend" and', streamKey: 'abcdef', nested: { password: 'ghijkl' }, kept: 'yes' };
    const [line] = await logged({ level: 'info', pretty: false }, (logger) => logger.info(fields, 'x'));
    expect(JSON.parse(line!)).toMatchObject({ key: '…', streamKey: '…', nested: { password: '…' }, kept: 'yes' });
  });

  test.each([
    'a key frame',
    'live/lobby',
    'rk',
    'the bearer of',
    'monkey=banana',
    'http://[::1]:8080/lobby?lang=en',
    'http://[::1]:80/a@b',
    'https://host:8080/mpegts.js@1.8',
    'https://host/mpegts.js@1.8',
    'the stream key: none',
  ])('leaves “%s” as it is', async (text) => {
    const [line] = await logged({ level: 'info', pretty: false }, (logger) => logger.info({ text }, text));
    expect(JSON.parse(line!)).toMatchObject({ text, msg: text });
  });

  test('makes harmless what an object says of itself, too', async () => {
    const record = { toJSON: () => ({ agent: `a\n${'x'.repeat(5000)}` }) };
    const [line] = await logged({ level: 'info', pretty: false }, (logger) => logger.info({ record }, 'x'));
    expect((JSON.parse(line!) as { record: { agent: string } }).record.agent).toMatch(/^a\\x0ax+…$/);
    expect(line!.length).toBeLessThan(1300);
  });

  test('cuts fields within fields, too, and those that have no end', async () => {
    const endless: Record<string, unknown> = { text: 'a\nb', list: ['x'.repeat(5000)] };
    endless['self'] = endless;
    const [line] = await logged({ level: 'info', pretty: false }, (logger) => logger.info({ endless }, 'x'));
    expect(JSON.parse(line!)).toMatchObject({ endless: { text: String.raw`a\x0ab` } });
    expect(line!.length).toBeLessThan(10_000);
  });
});
