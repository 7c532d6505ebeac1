import { createHmac } from 'node:crypto';
import { GuestPasses } from '../../../src/features/accounts/guest-passes.ts';
import { RoomPasses } from '../../../src/features/rooms/room-passes.ts';
import { systemScheduler } from '../../../src/io/scheduler.ts';
import type { FuzzTarget } from '../target.ts';

const mac = (text: string): Uint8Array => createHmac('sha256', 'a key of this test').update(text).digest();
const scheduler = { ...systemScheduler(), wall: () => 1_780_000_000_000 };
const guests = new GuestPasses(mac, scheduler);
const passes = new RoomPasses(mac, scheduler);
const room = { id: 'r_lobby', epoch: 3 };

const good = [
  guests.create('Ann').pass,
  guests.create(undefined).pass,
  passes.create(room),
  passes.create(room, { viewer: 'tv', ends: scheduler.wall() + 60_000 }),
];
const known: ReadonlySet<string> = new Set(good);

const base64 = (text: string): string => Buffer.from(text).toString('base64url');

/** Tokens that say something by themselves: whoever does not have the key makes none, whatever they know of the form. */
export const target: FuzzTarget = {
  id: 'F-23',
  title: 'signed tokens',
  seeds: [
    ...good,
    `rg_${base64('{"i":"g_x","e":9999999999}')}.`,
    `rg_${base64('{"i":"g_x","e":9999999999}')}.${base64('{}')}`,
    `${base64('{"alg":"none","typ":"JWT"}')}.${base64('{"sub":"admin"}')}.`,
    `rp_${base64('{"r":"r_lobby","p":3}')}.${'A'.repeat(43)}`,
    `rp_${base64('{"__proto__":{"r":"r_lobby","p":3}}')}.`,
    good[0]!.replace('rg_', 'rp_'),
    `${good[2]}\0`,
    `rp_${'A'.repeat(2000)}`,
    '',
  ].map((text) => Buffer.from(text)),
  run(bytes) {
    const token = Buffer.from(bytes).toString();
    const opens = guests.guestOf(token) !== undefined || passes.read(room, token) !== undefined;
    if (opens && !known.has(token)) throw new Error('A token that nobody made opens something.');
  },
};
