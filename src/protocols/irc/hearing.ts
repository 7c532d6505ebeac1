import { type Channel, type Tags, textOf } from './channel.ts';
import { type Said, textLines } from './chat-text.ts';
import type { Gateway } from './gateway.ts';
import type { Line } from './line.ts';
import { nickOf } from './nick.ts';
import type { Peer } from './peer.ts';
import { looksAfter, sourceOf } from './person.ts';

/** What may come while somebody is being told what was said before. */
const MAX_MISSED = 200;

/** Has the rooms of a gateway hear what is said in them, until the returned function is called. */
export function listen(gateway: Gateway): () => void {
  return gateway.services.chat.onMessage((slug, message) => {
    try {
      hear(gateway, slug, message);
    } catch (error) {
      gateway.fault(error);
    }
  });
}

/** Tells those in a room what was said there, or has become of it. */
function hear(gateway: Gateway, slug: string, message: Said): void {
  const isNew = message.rev === message.id;
  if (message.held && isNew) gateway.hold(message.id);
  const isReleased = !isNew && !message.held && !message.deleted && gateway.held.delete(message.id);
  const channel = gateway.channels.get(slug);
  if (!channel) return;
  if (message.deleted) tellDeleted(gateway, channel, message);
  else if (message.held) {
    if (isNew) tellHeld(gateway, channel, message);
  } else if (isNew || isReleased) tellSaid(gateway, channel, message);
}

/** What was said before, for one who comes. */
export function tellHistory(peer: Peer, channel: Channel, messages: readonly Said[]): void {
  const { gateway } = peer;
  // Without times it would look as if all of it were said now.
  const told = peer.caps.has('server-time') ? messages.filter(({ held }) => !held) : [];
  if (told.length === 0) return;
  const batch = peer.caps.has('batch') ? 'history' : undefined;
  const { name: source } = gateway;
  if (batch) peer.send({ source, command: 'BATCH', params: [`+${batch}`, 'chathistory', channel.name] });
  for (const message of told)
    peer.write(textOf(linesOf(gateway, channel, message), { ...tagsOf(gateway, message), batch }, peer));
  if (batch) peer.send({ source, command: 'BATCH', params: [`-${batch}`] });
}

/** What came while somebody said something is sorted: their own message, by its id, they know unless they want to hear it. */
export function settle(peer: Peer, channel: Channel | undefined, own: string | undefined): void {
  const { unsure = [] } = peer.saying ?? {};
  peer.saying = undefined;
  if (!channel) return;
  for (const message of unsure)
    if (message.id !== own)
      peer.write(textOf(linesOf(peer.gateway, channel, message), tagsOf(peer.gateway, message), peer));
}

/** Those who came are told what was said meanwhile, without what the history has. */
export function catchUp(peer: Peer, channel: Channel, history: readonly Said[]): void {
  const missed = channel.arriving.get(peer) ?? [];
  channel.arriving.delete(peer);
  for (const message of missed)
    if (!history.some(({ id }) => id === message.id))
      peer.write(textOf(linesOf(peer.gateway, channel, message), tagsOf(peer.gateway, message), peer));
}

function tellSaid(gateway: Gateway, channel: Channel, message: Said): void {
  for (const missed of channel.arriving.values()) if (missed.length < MAX_MISSED) missed.push(message);
  channel.tell(linesOf(gateway, channel, message), tagsOf(gateway, message), (peer) => {
    const isUnsure = peer.saying?.slug === channel.slug && peer.id === message.user.id;
    if (!isUnsure || peer.caps.has('echo-message')) return true;
    peer.saying!.unsure.push(message);
    return false;
  });
}

function tellHeld(gateway: Gateway, channel: Channel, message: Said): void {
  const { user, text } = message;
  const words = `Held back, from ${nickOf(user.name)}: ${text}`;
  const lines = textLines({ kind: 'system', text: words }, gateway.name, channel.name);
  channel.tell(lines, { time: message.at }, (peer) => looksAfter(channel.members.get(peer)!));
}

function tellDeleted(gateway: Gateway, channel: Channel, message: Said): void {
  // Nobody but those who look after the room has seen it.
  if (gateway.held.delete(message.id)) return;
  const line: Line = { source: gateway.name, command: 'REDACT', params: [channel.name, message.id] };
  channel.tell([line], {}, ({ caps }) => caps.has('draft/message-redaction'));
}

function linesOf(gateway: Gateway, channel: Channel, message: Said): Line[] {
  const source = message.kind === 'system' ? gateway.name : sourceOf(gateway.personOf(message.user));
  return textLines(message, source, channel.name);
}

function tagsOf({ services }: Gateway, { id, at, user, replyTo }: Said): Tags {
  const name = services.accounts.find(user.id)?.name;
  return { time: at, msgid: id, account: name === undefined ? undefined : nickOf(name), '+draft/reply': replyTo?.id };
}
