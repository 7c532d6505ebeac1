import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../src/io/logger.ts';
import { IrcClient } from '../irc-client.ts';
import { RoomViewer } from '../room-viewer.ts';
import { startTestServer } from '../test-server.ts';

/** A field of a line is at most this long. */
const FIELD = 1024;

const hostile = [
  '\r\n{"level":"error","msg":"forged"}',
  '\n\u001b[2J\u001b]0;forged\u0007',
  '\u2028{"msg":"forged"}\u2029\u0085',
  '\u202eforged\u200b\ufeff\ud800',
  '%0d%0a{"msg":"forged"}',
  '"},{"msg":"forged',
  'x'.repeat(12_000),
];

test(
  'S-26 names, texts and addresses that people give to rooms stay on one line of the log each',
  { timeout: 60_000 },
  async () => {
    const lines: string[] = [];
    const logger = await createLogger({
      level: 'debug',
      pretty: false,
      destination: { write: (line: string) => void lines.push(line) },
    });
    const server = await startTestServer(
      { irc: '127.0.0.1:0', limits: { callsPerAddress: 0, socketMessages: 0, socketMessagesPerUser: 0 } },
      logger,
    );
    onTestFinished(() => server.close());
    const owner = { Authorization: `Bearer ${server.bearer}` };
    const page = { Origin: server.base };
    const room = await RoomViewer.enter(server.port);
    for (const text of hostile) {
      const calls: [string, string, Record<string, string>, object][] = [
        ['POST', 'users', page, { name: text, password: 'a good password' }],
        ['POST', 'sign-in', page, { name: text, password: text }],
        ['POST', 'guest', page, { name: text }],
        ['POST', 'rooms', owner, { slug: text, title: text }],
        ['PATCH', 'rooms/lobby', owner, { title: text, description: text, tags: [text], language: text }],
        ['POST', 'rooms/lobby/members', owner, { name: text, role: 'moderator' }],
        ['POST', 'rooms/lobby/bans', owner, { network: text, reason: text }],
        ['POST', 'rooms/lobby/keys', owner, { name: text }],
        ['POST', 'rooms/lobby/notes', owner, { user: text, text }],
        ['POST', 'rooms/lobby/hooks', owner, { url: `http://127.0.0.1/${text}`, events: [text] }],
        ['POST', 'rooms/lobby/commands', owner, { name: text, help: text, url: text }],
        [
          'POST',
          `rooms/lobby/emotes/${encodeURIComponent(text.slice(0, 500).toWellFormed())}`,
          owner,
          { not: 'a picture' },
        ],
        ['POST', 'rooms/lobby/enter', page, { pass: text, password: text }],
      ];
      for (const [method, path, headers, body] of calls)
        await server.call(method, `/api/v1/${path}`, { headers, body });
      await room.ask('login', { guest: text });
      await room.ask('login', { guest: text.replaceAll(/\P{L}/gu, '').slice(0, 20) });
      await room.ask('media', { format: 'flv' });
      await room.ask('media', { format: null });
      const watching = { headers: { 'User-Agent': text.replaceAll(/[^\t\x20-\xff]/g, '') } };
      (await RoomViewer.enter(server.port, 'lobby', watching)).raw.destroy();
      for (const access of [
        { path: text },
        { path: `live/${text}` },
        { credentials: { key: text } },
        { remote: { address: '192.0.2.1', agent: text } },
      ])
        await server.publish(access).then(
          (publisher) => publisher.end('ended'),
          () => {},
        );
      await room.ask('say', { text });
      await room.ask('say', { text: `/me ${text.slice(0, 300)}` });
      await room.ask('delete', { message: text });
      await room.ask('subscribe', { topics: [text] });
      const client = await IrcClient.open(server.server.irc!.port);
      client.say(
        `NICK ${text}`,
        `USER ${text} 0 * :${text}`,
        `PASS ${text}`,
        'NICK ben',
        'JOIN #lobby',
        `PRIVMSG #lobby :${text}`,
      );
      client.say('QUIT');
      await client.closed();
    }
    room.raw.destroy();
    await server.close();
    expect(lines.length).toBeGreaterThan(hostile.length);
    for (const line of lines) {
      expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\ufeff]/u);
      const fields = JSON.parse(line) as Record<string, unknown>;
      expect(String(fields['msg'])).not.toMatch(/^forged/);
      for (const value of Object.values(fields)) expect(String(value).length).toBeLessThanOrEqual(FIELD + 1);
    }
  },
);
