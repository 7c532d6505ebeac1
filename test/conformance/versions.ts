import { sql } from 'kysely';
import { expect } from 'vitest';
import { hashToken } from '../../src/features/accounts/secret-token.ts';
import { makeSecret } from '../../src/features/webhooks/hook-secret.ts';
import { hashStreamKey } from '../../src/features/rooms/stream-key.ts';
import { Passwords } from '../../src/io/passwords.ts';
import type { Store } from '../../src/store/store.ts';
import { RoomViewer } from '../room-viewer.ts';
import { until } from '../servers.ts';
import type { TestServer } from '../test-server.ts';

const KEY = 'rk_n442c3ummgpu2g76dgx6kp2rjx2iqsee';
const SECOND_KEY = 'rk_u32qh25d4zg55joxjlpbex7i3tbzjddj';
const PASSWORD = 'a good password';
const [THEN, LATER, NEVER] = ['2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z', '2099-01-01T00:00:00.000Z'];
const MESSAGES = ['01KDW6ANG00000000000000001', '01KDW6ANG00000000000000002'];
/** The smallest GIF. */
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Made once: it takes its time. */
const hashes = new Map<string, Promise<string>>();
function hashOf(password: string): Promise<string> {
  const hash = hashes.get(password) ?? new Passwords().hash(password);
  hashes.set(password, hash);
  return hash;
}

/** Cookies of browsers and tokens of programs that people had. */
const cookieOf = (who: string): string => `roomcast=cookie-of-${who}`;
const tokenOf = (who: string): string => `rt_token-of-${who}`;

/** A step of the database: what a server of that time wrote into it, and how a server of today shows it. */
export interface Version {
  /** The migration that made the room for it. */
  readonly step: string;
  write(store: Store): Promise<unknown>;
  kept(server: TestServer): Promise<void>;
}

async function get<Answer>(server: TestServer, who: string, path: string): Promise<Answer> {
  const headers = { Authorization: `Bearer ${who === 'server' ? server.bearer : tokenOf(who)}` };
  const { status, text } = await server.call('GET', path.startsWith('/') ? path : `/api/v1/${path}`, { headers });
  expect(status, `${path}: ${text}`).toBe(200);
  return (text.startsWith('{') ? JSON.parse(text) : text) as Answer;
}

const enter = (server: TestServer, who: string, slug: string): Promise<RoomViewer> =>
  RoomViewer.enter(server.port, slug, { headers: { Origin: server.base, Cookie: cookieOf(who) } });

/** In the order in which a server of each time came upon them. A step without one here fails the test. */
export const versions: readonly Version[] = [
  {
    step: '0001-rooms',
    write: ({ db, seal }) =>
      sql`INSERT INTO rooms (slug, declared, created, key_id, key_hash, key_sealed, last_started, last_ended)
        VALUES ('lobby', 0, ${THEN}, 'a-key', ${hashStreamKey(KEY)}, ${seal.seal(KEY, 'stream key of lobby')}, ${THEN}, ${LATER})`.execute(
        db,
      ),
    async kept(server) {
      expect(await get(server, 'server', 'rooms/lobby/key')).toMatchObject({ key: KEY });
      expect(await get(server, 'server', 'rooms/lobby')).toMatchObject({
        lastLive: { endedAt: LATER, duration: 3600 },
        watch: 'everyone',
      });
    },
  },
  {
    step: '0002-owner',
    async write({ db }) {
      await sql`INSERT INTO claims (at) VALUES (${THEN})`.execute(db);
      await sql`INSERT INTO owner_browsers (hash, created, expires)
        VALUES (${hashToken('cookie-of-owner')}, ${THEN}, ${NEVER})`.execute(db);
      await sql`INSERT INTO tokens (hash, scope, created) VALUES (${hashToken(tokenOf('owner'))}, 'admin', ${THEN})`.execute(
        db,
      );
    },
    async kept(server) {
      const me = await server.call('GET', '/api/v1/me', { headers: { Cookie: cookieOf('owner') } });
      expect(JSON.parse(me.text)).toMatchObject({ user: { kind: 'account', admin: true } });
      expect(await get(server, 'owner', 'users')).toMatchObject({ users: expect.any(Array) });
    },
  },
  {
    step: '0003-room-title',
    write: ({ db }) => sql`UPDATE rooms SET title = 'Ann’s room' WHERE slug = 'lobby'`.execute(db),
    async kept(server) {
      expect(await get(server, 'server', 'rooms/lobby')).toMatchObject({ title: 'Ann’s room' });
    },
  },
  {
    step: '0004-accounts',
    async write({ db }) {
      const password = await hashOf(PASSWORD);
      for (const [name, kind] of [
        ['ada', 'person'],
        ['bob', 'person'],
        ['cleo', 'person'],
        ['robo', 'bot'],
      ] as const) {
        await sql`INSERT INTO accounts (id, kind, name, name_key, email, password, admin, disabled, created)
          VALUES (${`u_${name}`}, ${kind}, ${name}, ${name}, ${`${name}@example.org`}, ${kind === 'bot' ? null : password}, 0, 0, ${THEN})`.execute(
          db,
        );
        await sql`INSERT INTO tokens (hash, scope, created, account, name, expires)
          VALUES (${hashToken(tokenOf(name))}, 'admin', ${THEN}, ${`u_${name}`}, 'a program', ${NEVER})`.execute(db);
        await sql`INSERT INTO sign_ins (hash, account, created, expires, agent)
          VALUES (${hashToken(`cookie-of-${name}`)}, ${`u_${name}`}, ${THEN}, ${NEVER}, 'a browser')`.execute(db);
      }
    },
    async kept(server) {
      const signedIn = await server.call('POST', '/api/v1/sign-in', {
        headers: { Origin: server.base },
        body: { name: 'Ada', password: PASSWORD },
      });
      expect(JSON.parse(signedIn.text)).toMatchObject({ user: { id: 'u_ada', name: 'ada', admin: false } });
      const me = await server.call('GET', '/api/v1/me', { headers: { Cookie: cookieOf('bob') } });
      expect(JSON.parse(me.text)).toMatchObject({ user: { id: 'u_bob' } });
      expect(await get(server, 'ada', 'tokens')).toMatchObject({ tokens: [{ name: 'a program', scope: 'admin' }] });
      expect(await get(server, 'ada', 'me/sign-ins')).toMatchObject({
        signIns: expect.arrayContaining([expect.objectContaining({ agent: 'a browser', created: THEN })]),
      });
      expect(await get(server, 'server', 'users/u_robo')).toMatchObject({ kind: 'bot', email: 'robo@example.org' });
    },
  },
  {
    step: '0005-room-settings',
    async write({ db, seal }) {
      const password = await hashOf('open sesame');
      await sql`INSERT INTO rooms (slug, id, declared, created, title, owner, description, tags, language, watch, password, epoch, guests, max_viewers, max_bit_rate)
        VALUES ('pond', 'r_pond', 0, ${THEN}, 'The pond', 'u_ada', 'Frogs', '["frogs"]', 'de', 'password', ${password}, 3, 'read', 7, 900000)`.execute(
        db,
      );
      await sql`INSERT INTO room_keys (id, room, name, main, hash, sealed, sealed_for, created, last_used)
        VALUES ('k_pond', 'r_pond', 'main', 1, ${hashStreamKey(SECOND_KEY)}, ${seal.seal(SECOND_KEY, 'stream key of pond')}, 'pond', ${THEN}, ${LATER})`.execute(
        db,
      );
      await sql`INSERT INTO room_members (room, account, role, since) VALUES ('r_pond', 'u_bob', 'moderator', ${THEN})`.execute(
        db,
      );
      await sql`INSERT INTO room_bans (id, room, who, name, network, reason, by, created)
        VALUES ('b_1', 'r_pond', 'g_eve', 'Eve', '198.51.100.0/24', 'spam', 'u_bob', ${THEN})`.execute(db);
      await sql`INSERT INTO room_entries (room, who, epoch, until) VALUES ('r_pond', 'u_cleo', 3, ${NEVER})`.execute(
        db,
      );
    },
    async kept(server) {
      const pond = { title: 'The pond', description: 'Frogs', tags: ['frogs'], language: 'de', watch: 'password' };
      expect(await get(server, 'ada', 'rooms/pond')).toMatchObject({
        ...{ ...pond, guests: 'read', maxViewers: 7, maxBitRate: 900_000, role: 'owner' },
      });
      expect(await get(server, 'ada', 'rooms/pond/key')).toMatchObject({ key: SECOND_KEY });
      expect(await get(server, 'ada', 'rooms/pond/keys')).toMatchObject({ keys: [{ name: 'main', lastUsed: LATER }] });
      expect(await get(server, 'bob', 'rooms/pond/members')).toMatchObject({
        members: [{ id: 'u_bob', role: 'moderator' }],
      });
      expect(await get(server, 'bob', 'rooms/pond/bans')).toMatchObject({
        bans: [{ id: 'b_1', name: 'Eve', network: '198.51.100.0/24', reason: 'spam' }],
      });
      expect(await get(server, 'cleo', 'rooms/pond')).toMatchObject({ admitted: true });
    },
  },
  {
    step: '0006-chat',
    async write({ db }) {
      for (const [index, id] of MESSAGES.entries())
        await sql`INSERT INTO messages (id, rev, room, kind, who, name, role, text, media_time, state, first)
          VALUES (${id}, ${id}, 'r_pond', 'say', 'u_ada', 'ada', 'owner', ${`Croak number ${index}`}, 12.5, 'said', ${index === 0 ? 1 : 0})`.execute(
          db,
        );
      await sql`INSERT INTO reactions (message, who, emoji) VALUES (${MESSAGES[0]}, 'u_bob', '🐸')`.execute(db);
      await sql`INSERT INTO chat_settings (room, settings) VALUES ('r_pond', '{"slow":9}')`.execute(db);
      await sql`INSERT INTO chat_timeouts (room, who, name, reason, by, until)
        VALUES ('r_pond', 'u_cleo', 'cleo', 'noise', 'u_bob', ${NEVER})`.execute(db);
    },
    async kept(server) {
      const ada = await enter(server, 'ada', 'pond');
      const heard = await ada.ask('subscribe', { topics: ['chat'] });
      expect(heard).toMatchObject({
        messages: [
          { id: MESSAGES[0], text: 'Croak number 0' },
          { id: MESSAGES[1], mediaTime: 12.5 },
        ],
        settings: { slow: 9 },
      });
      expect(JSON.stringify(heard)).toContain('🐸');
      expect(await ada.ask('search', { text: 'croak NUMBER 1' })).toMatchObject({ messages: [{ id: MESSAGES[1] }] });
      expect(await get(server, 'bob', 'rooms/pond/timeouts')).toMatchObject({
        timeouts: [expect.objectContaining({ reason: 'noise' })],
      });
      expect(await ada.ask('say', { text: 'and one more' })).toMatchObject({ type: 'ok' });
    },
  },
  {
    step: '0007-audit',
    write: ({ db }) =>
      sql`INSERT INTO audit (at, who, name, remote, action, room, details)
        VALUES (${new Date().toISOString()}, 'u_ada', 'ada', '192.0.2.1', 'PATCH /rooms/:slug', 'pond', '{"title":"The pond"}')`.execute(
        db,
      ),
    async kept(server) {
      const { entries } = await get<{ entries: object[] }>(server, 'bob', 'rooms/pond/audit');
      expect(entries).toContainEqual(
        expect.objectContaining({ action: 'PATCH /rooms/:slug', who: 'u_ada', details: { title: 'The pond' } }),
      );
    },
  },
  {
    step: '0008-webhooks',
    async write({ db, seal }) {
      const { sealed } = makeSecret(seal);
      // Nothing is sent: it is switched off.
      await sql`INSERT INTO webhooks (id, room, url, secret, settings, enabled, created)
        VALUES ('h_1', 'r_pond', 'https://hooks.example.org/', ${sealed}, '{"events":["stream.live"]}', 0, ${THEN})`.execute(
        db,
      );
      await sql`INSERT INTO webhook_deliveries (hook, event, type, at, body, state, attempts, tried, status, ms)
        VALUES ('h_1', 'e_1', 'stream.live', ${THEN}, '{}', 'sent', 1, ${THEN}, 204, 12)`.execute(db);
      await sql`INSERT INTO chat_commands (id, room, name, help, url, secret, bot, created)
        VALUES ('c_1', 'r_pond', 'dice', 'throws dice', 'https://bots.example.org/', ${sealed}, 'u_robo', ${THEN})`.execute(
        db,
      );
    },
    async kept(server) {
      const hooks = await get<{ hooks: object[] }>(server, 'ada', 'rooms/pond/hooks');
      expect(hooks.hooks).toEqual([
        expect.objectContaining({ id: 'h_1', url: 'https://hooks.example.org/', events: ['stream.live'] }),
      ]);
      expect(await get(server, 'ada', 'rooms/pond/hooks/h_1/deliveries')).toMatchObject({
        deliveries: [{ event: 'e_1', status: 204 }],
      });
      expect(await get(server, 'ada', 'rooms/pond/commands')).toMatchObject({
        commands: [{ name: 'dice', help: 'throws dice' }],
      });
    },
  },
  {
    step: '0009-pictures',
    async write({ db }) {
      await sql`INSERT INTO emotes (room, name, hash, type, width, height, by, created, bytes)
        VALUES ('r_pond', 'frog', 'hash-of-frog', 'image/gif', 1, 1, 'u_ada', ${THEN}, ${PICTURE})`.execute(db);
      await sql`INSERT INTO covers (room, hash, type, by, created, bytes)
        VALUES ('r_pond', 'hash-of-cover', 'image/gif', 'u_ada', ${THEN}, ${PICTURE})`.execute(db);
    },
    async kept(server) {
      const { emotes } = await get<{ emotes: { name: string; url: string }[] }>(server, 'ada', 'rooms/pond/emotes');
      expect(emotes.map(({ name }) => name)).toEqual(['frog']);
      const { cover } = await get<{ cover: string }>(server, 'ada', 'rooms/pond');
      for (const path of [emotes[0]!.url, cover]) {
        const answer = await fetch(server.base + path, { headers: { Authorization: `Bearer ${tokenOf('ada')}` } });
        expect(Buffer.from(await answer.arrayBuffer()).equals(PICTURE), path).toBe(true);
      }
    },
  },
  {
    step: '0009-pins-and-notes',
    async write({ db }) {
      await sql`UPDATE messages SET mentions = '["u_bob"]' WHERE id = ${MESSAGES[1]}`.execute(db);
      await sql`INSERT INTO chat_pins (room, message, by, at) VALUES ('r_pond', ${MESSAGES[0]}, 'u_bob', ${THEN})`.execute(
        db,
      );
      await sql`INSERT INTO chat_notes (id, room, who, text, by, at)
        VALUES ('01KDW6ANG00000000000000003', 'r_pond', 'u_cleo', 'croaks at night', 'u_bob', ${THEN})`.execute(db);
    },
    async kept(server) {
      const bob = await enter(server, 'bob', 'pond');
      const heard = await bob.ask('subscribe', { topics: ['chat'] });
      expect(heard).toMatchObject({ pinned: { id: MESSAGES[0] } });
      expect(heard['messages']).toContainEqual(expect.objectContaining({ id: MESSAGES[1], mentions: ['u_bob'] }));
      expect(await get(server, 'bob', 'rooms/pond/notes')).toMatchObject({ notes: [{ text: 'croaks at night' }] });
    },
  },
  {
    step: '0010-broadcasts',
    write: ({ db }) =>
      sql`INSERT INTO broadcasts (id, room, started, seen, ended, peak, viewers, watch_seconds, protocols, messages)
        VALUES ('b_old', 'r_pond', ${THEN}, ${LATER}, ${LATER}, 5, 8, 7200, '{"hls":8}', 2)`.execute(db),
    async kept(server) {
      expect(await get(server, 'bob', 'rooms/pond/broadcasts')).toMatchObject({
        broadcasts: [{ id: 'b_old', duration: 3600, peak: 5, unique: 8, protocols: { hls: 8 } }],
      });
    },
  },
  {
    step: '0010-show-viewers',
    write: ({ db }) => sql`UPDATE rooms SET show_viewers = 1 WHERE slug = 'pond'`.execute(db),
    async kept(server) {
      expect(await get(server, 'ada', 'rooms/pond')).toMatchObject({ showViewers: true });
    },
  },
  {
    step: '0012-volumes',
    write: ({ db }) => sql`INSERT INTO volumes (account, level, muted) VALUES ('u_ada', 0.25, 1)`.execute(db),
    async kept(server) {
      const ada = await enter(server, 'ada', 'pond');
      await until('the volume is told', () => ada.told('volume').length > 0);
      expect(ada.told('volume')[0]).toMatchObject({ level: 0.25, muted: true });
    },
  },
  {
    step: '0013-webhook-secrets',
    write: ({ db, seal }) =>
      sql`UPDATE webhooks SET secret_before = ${makeSecret(seal).sealed}, secret_before_ends = ${NEVER}
        WHERE id = 'h_1'`.execute(db),
    async kept(server) {
      const rows = server.app.store.db.withTables<{ webhooks: { id: string; secret_before_ends: string | null } }>();
      expect(await rows.selectFrom('webhooks').select(['id', 'secret_before_ends']).execute()).toEqual([
        { id: 'h_1', secret_before_ends: NEVER },
      ]);
      expect(await get(server, 'ada', 'rooms/pond/hooks')).toMatchObject({ hooks: [{ id: 'h_1' }] });
    },
  },
  {
    step: '0014-entry-viewers',
    write: ({ db }) =>
      sql`UPDATE room_entries SET viewer = 'p_tv' WHERE room = 'r_pond' AND who = 'u_cleo'`.execute(db),
    async kept(server) {
      const rows = server.app.store.db.withTables<{ room_entries: { who: string; viewer: string | null } }>();
      expect(await rows.selectFrom('room_entries').select(['who', 'viewer']).execute()).toContainEqual({
        who: 'u_cleo',
        viewer: 'p_tv',
      });
    },
  },
];
