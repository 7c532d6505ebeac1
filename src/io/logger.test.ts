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
});
