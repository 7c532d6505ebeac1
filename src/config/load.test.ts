import { describe, expect, test } from 'vitest';
import type { RoomcastError } from '../errors.ts';
import { loadOptions, WrongUsage, type Effective, type LoadOptions } from './load.ts';
import { printSettings, settingsAsJson } from './print.ts';

interface Sources {
  argv?: string[];
  env?: Record<string, string>;
  files?: Record<string, string>;
}

const KEY = 'rk_aaaabbbbccccddddeeeeffff';

function load({ argv = [], env = {}, files = {} }: Sources, more: Partial<LoadOptions> = {}): Promise<Effective> {
  return loadOptions({ argv, env, cwd: '/home/me', readFile: async (path) => files[path], ...more });
}

async function failure(sources: Sources): Promise<RoomcastError> {
  return load(sources).then(
    () => expect.unreachable(),
    (error: RoomcastError) => error,
  );
}

describe('loading the options', () => {
  test('a flag beats the environment, that beats the file, that beats the default', async () => {
    const files = { '/home/me/roomcast.yaml': '\ngrace: 1\ndrain: 1\nkickTime: 1\n' };
    const { settings, origins } = await load({
      argv: ['--grace', '3'],
      env: { ROOMCAST_GRACE: '2', ROOMCAST_DRAIN: '2' },
      files,
    });
    expect([settings.grace, settings.drain, settings.kickTime, settings.gopCache]).toEqual([3, 2, 1, 10]);
    expect(['grace', 'drain', 'kickTime', 'gopCache'].map((name) => origins.get(name))).toEqual([
      'flag --grace',
      'environment ROOMCAST_DRAIN',
      'roomcast.yaml:4',
      'default',
    ]);
  });

  test('every kind of value can come from the environment', async () => {
    const { settings } = await load({
      env: {
        ROOMCAST_HTTP: '[::1]:0',
        ROOMCAST_DEMO: 'yes',
        ROOMCAST_MERGE: '0',
        ROOMCAST_PUBLIC_URL: 'https://live.example.org',
        ROOMCAST_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        ROOMCAST_LIMITS_RTMP_CHUNK_STREAMS: '32',
        ROOMCAST_GRACE: '',
      },
    });
    expect(settings).toMatchObject({
      http: { host: '::1', port: 0 },
      demo: true,
      merge: 0,
      publicUrl: 'https://live.example.org',
      trustedProxies: ['10.0.0.0/8', '::1'],
      grace: 15,
    });
    expect(settings.limits.rtmpChunkStreams).toBe(32);
  });

  test('an unknown name in the environment is only worth a warning', async () => {
    const { warnings } = await load({ env: { ROOMCAST_GRASE: '1', ROOMCAST_SERVICE_HOST: '10.0.0.1', OTHER: 'x' } });
    expect(warnings).toEqual([
      '“ROOMCAST_GRASE” in the environment is not an option. Did you mean “ROOMCAST_GRACE”?',
      '“ROOMCAST_SERVICE_HOST” in the environment is not an option.',
    ]);
  });

  test('--config names the file, and it must be there', async () => {
    const files = { '/etc/roomcast.yaml': 'grace: 9' };
    expect((await load({ argv: ['--config=/etc/roomcast.yaml'], files })).settings.grace).toBe(9);
    expect((await failure({ argv: ['--config', 'none.yaml'] })).message).toBe(
      'There is no file /home/me/none.yaml to read.',
    );
  });

  test('flags may be switched off, and words of the command are kept', async () => {
    const { settings, positionals, flags } = await load(
      { argv: ['lobby', '--new', '--no-demo', '--data=d'], env: { ROOMCAST_DEMO: '1' } },
      { flags: [{ name: 'new' }] },
    );
    expect([settings.demo, settings.data, positionals, flags.get('new')]).toEqual([false, 'd', ['lobby'], true]);
  });

  test.each([
    [['--htpp', '1'], '“--htpp” is not a flag here. Did you mean “--http”?'],
    [['--http'], '--http needs a value: --http ADDR:PORT.'],
    [['--demo=1'], '--demo takes no value.'],
    [['--no-http'], '“--no-http” is not a flag here. Did you mean “--http”?'],
    [['--http', 'x'], '--http: “http” cannot be read; expected ADDR:PORT'],
    [['--grace', '1h'], '--grace: “grace” is “1h”; expected a number of seconds'],
    [['--__proto__', '1'], '“--__proto__” is not a flag here.'],
    [['-x'], '“-x” is not a flag here.'],
  ])('%j is wrong usage', async (argv, message) => {
    const error = await failure({ argv });
    expect(error).toBeInstanceOf(WrongUsage);
    expect(error.message).toContain(message);
  });

  test('all that is wrong in the file is told at once, each with its place', async () => {
    const error = await failure({ files: { '/home/me/roomcast.yaml': 'grase: 1\ndrain: x' } });
    expect(error.code).toBe('bad-config');
    expect(error.message.split('\n')).toEqual([
      'roomcast.yaml:1:1: “grase” is not an option. Did you mean “grace”?',
      'roomcast.yaml:2:8: “drain” is “x”; expected a number of seconds from 0 to 600.',
    ]);
  });

  test.each([
    [`rooms:\n  a: { key: ${KEY} }\n  b: { key: ${KEY} }`, 'roomcast.yaml:3:1: Rooms “a” and “b” have the same key.'],
    [
      'rooms:\n  a: { key: abcdefghijklmnopqrst }\n  abcdefghijklmnopqrst: {}',
      'roomcast.yaml:2:1: The key of room “a” is the slug of a room',
    ],
    ['publish: open', '“rtmp” is :1935. Set --rtmp 127.0.0.1:1935'],
    ['publish: open\nrtmp: 0.0.0.0:1', '“rtmp” is 0.0.0.0:1.'],
  ])('options that do not fit together are refused: %j', async (text, message) => {
    const error = await failure({ files: { '/home/me/roomcast.yaml': text } });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(KEY);
  });

  test('everyone may publish where only this machine can connect', async () => {
    const { settings } = await load({ argv: ['--publish', 'open', '--rtmp', '127.0.0.1:0'] });
    expect(settings.publish).toBe('open');
  });
});

describe('printing the options', () => {
  test('shows value and origin of each, and no key', async () => {
    const files = { '/home/me/roomcast.yaml': `rooms: { lobby: { title: Hi, key: ${KEY} } }` };
    const effective = await load({ argv: ['--http', '127.0.0.1:1'], files });
    const text = printSettings(effective);
    expect(text).toMatch(/^http: "127\.0\.0\.1:1" +# flag --http$/m);
    expect(text).toMatch(/^grace: 15 +# default$/m);
    expect(text).toContain('rooms: {"lobby": {"title": "Hi", "key": "(hidden)"}}');
    expect(JSON.parse(settingsAsJson(effective))).toMatchObject({
      http: { value: '127.0.0.1:1', origin: 'flag --http' },
      rooms: { value: { lobby: { key: '(hidden)' } }, origin: 'roomcast.yaml:1' },
    });
    expect(text + settingsAsJson(effective)).not.toContain(KEY);
  });

  test.each([
    ['postgres://ann:PASS@db:5432/rooms', 'postgres://ann:(hidden)@db:5432/rooms'],
    ['postgresql://ann@db/rooms?sslmode=verify-full&password=PASS', 'postgresql://ann@db/rooms and (hidden)'],
    ['postgres://ann:PASS@localhost/rooms?host=/run/pg', 'postgres://ann:(hidden)@localhost/rooms?host=/run/pg'],
    ['postgres:///rooms?host=/run/pg', 'postgres:///rooms?host=/run/pg'],
  ])('shows where the database of %s is, and no password', async (database, shown) => {
    const effective = await load({ argv: ['--database', database] });
    expect(printSettings(effective)).toContain(`database: "${shown}"`);
    expect(printSettings(effective) + settingsAsJson(effective)).not.toContain('PASS');
  });

  test.each(['mysql://a:hunter2@db/x', 'postgres://a:hunter2@db', 'rooms:hunter2', 'postgres:///x?password=hunter2'])(
    'a database as %s is refused without its password',
    async (database) => {
      const { code, message } = await failure({ argv: ['--database', database] });
      expect([code, message]).toEqual(['bad-request', expect.stringContaining('postgres://')]);
      expect(message).not.toContain('hunter2');
    },
  );
});
