import { fourCcOf } from '../../containers/flv/index.ts';
import { amfObject, type AmfObject, type AmfValue, isAmfObject } from '../../containers/amf/index.ts';
import { codecs } from '../../media/codec/table.ts';
import type { Codec } from '../../media/frame.ts';

/** Flags of `capsEx` (Enhanced RTMP v2, Enhancing NetConnection connect): what we obey when a peer does it. */
export const CAPS_RECONNECT = 1;
const CAPS = CAPS_RECONNECT | /* multitrack */ 2 | /* ModEx */ 4 | /* nanoseconds */ 8;

/** Flags of the codec maps. A server passes codecs on, and a peer that can do either can play. */
const CAN_DECODE = 1;
const CAN_FORWARD = 4;

/** Every codec. */
const ANY = '*';
/** A list or map with more entries is no announcement of codecs. */
const MAX_ENTRIES = 64;

/** What every peer of RTMP reads without having announced it. */
const PLAIN: ReadonlySet<Codec> = new Set(['h264', 'aac', 'mp3', 'pcma', 'pcmu', 'amf']);
const enhanced = (Object.keys(codecs) as Codec[]).filter((codec) => !PLAIN.has(codec) && fourCcOf(codec));

/** What a peer announced with `connect`, of what we know. */
export interface Announced {
  /** The peer comes back by itself when it is asked to. */
  reconnects: boolean;
  /** Codecs beyond those of plain RTMP that the peer reads. */
  codecs: ReadonlySet<Codec>;
  /** What the answer to `connect` repeats: of the peer's announcement what we support. */
  answer: AmfObject;
}

/** Reads the announcement in the object of a `connect` command. Whatever is not in the form of one is passed over. */
export function readAnnounced(offer: AmfObject): Announced {
  const { capsEx: caps, fourCcList: list, videoFourCcInfoMap: video, audioFourCcInfoMap: audio } = offer;
  const named = namesOf(list);
  const maps = { video: masksOf(video), audio: masksOf(audio) };
  const reads = (codec: Codec): boolean => {
    const name = fourCcOf(codec)!;
    const masks = maps[codecs[codec].kind === 'video' ? 'video' : 'audio'];
    // What is said of every codec holds for those that are named, too.
    const mask = (masks?.get(name) ?? 0) | (masks?.get(ANY) ?? 0);
    return named.has(name) || named.has(ANY) || (mask & (CAN_DECODE | CAN_FORWARD)) !== 0;
  };
  const shared = typeof caps === 'number' ? caps & CAPS : 0;
  return {
    reconnects: (shared & CAPS_RECONNECT) !== 0,
    codecs: new Set(enhanced.filter(reads)),
    answer: amfObject({
      ...(shared === 0 ? {} : { capsEx: shared }),
      ...(named.size === 0 ? {} : { fourCcList: ours().filter((name) => named.has(name) || named.has(ANY)) }),
      ...(maps.video ? { videoFourCcInfoMap: forwarded('video') } : {}),
      ...(maps.audio ? { audioFourCcInfoMap: forwarded('audio') } : {}),
    }),
  };
}

/** What a client of ours announces. */
export function announcement(): AmfObject {
  return amfObject({
    capsEx: CAPS,
    fourCcList: ours(),
    videoFourCcInfoMap: forwarded('video'),
    audioFourCcInfoMap: forwarded('audio'),
  });
}

/** True for a track that a peer with this announcement can read. */
export function reads(announced: ReadonlySet<Codec>, codec: Codec): boolean {
  return PLAIN.has(codec) || announced.has(codec);
}

/** The FourCC of all that we carry, those that plain RTMP has other names for among them. */
function ours(kind?: 'video' | 'audio'): string[] {
  return (Object.keys(codecs) as Codec[])
    .filter((codec) => kind === undefined || codecs[codec].kind === kind)
    .flatMap((codec) => fourCcOf(codec) ?? []);
}

function forwarded(kind: 'video' | 'audio'): AmfObject {
  return amfObject(Object.fromEntries(ours(kind).map((name) => [name, CAN_FORWARD])));
}

function namesOf(list: AmfValue): Set<string> {
  if (!Array.isArray(list)) return new Set();
  return new Set(list.slice(0, MAX_ENTRIES).filter((name) => typeof name === 'string'));
}

function masksOf(map: AmfValue): Map<string, number> | undefined {
  if (!isAmfObject(map)) return undefined;
  const entries = Object.entries(map).slice(0, MAX_ENTRIES);
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
