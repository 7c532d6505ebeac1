import { ByteReader } from '../../media/bytes/byte-reader.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { buildG711Config } from '../../media/codec/g711.ts';
import { buildOpusHead, opusFamily } from '../../media/codec/opus.ts';
import { codecs } from '../../media/codec/table.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { ColorInfo } from '../../media/color-info.ts';
import type { Codec, Kind, Track } from '../../media/frame.ts';
import { fourCcWords } from '../flv/four-cc.ts';
import { type Box, boxesIn, childOf } from './box-reader.ts';
import { boxType } from './box-type.ts';
import { readClli, readColr, readMdcv } from './color-boxes.ts';
import { readEsds } from './esds-reader.ts';

/** What a sample entry says of the samples that go with it. */
export interface SampleEntry {
  /** Undefined for one that is not read. */
  codec: Codec | undefined;
  /** What people call it. */
  name: string;
  /** As its reader takes it; empty where the samples tell. */
  config: Uint8Array;
  color?: ColorInfo;
  size?: NonNullable<Track['size']>;
}

/** Bytes before the boxes in the entry of a picture and of sound (ISO/IEC 14496-12, 12.1.3, 12.2.3). */
const VISUAL = 78;
const AUDIO = 28;
/** QuickTime has more in the entries of sound by their version, and the boxes of AAC in one of its own. */
const QUICKTIME_AUDIO: readonly number[] = [0, 16, 36];
const FULL_BOX = 4;

const NOTHING = new Uint8Array(0);

const VIDEO: ReadonlyMap<number, { codec: Codec; config: number }> = new Map(
  (
    [
      ['avc1', 'h264', 'avcC'],
      ['avc3', 'h264', 'avcC'],
      ['hvc1', 'h265', 'hvcC'],
      ['hev1', 'h265', 'hvcC'],
      ['av01', 'av1', 'av1C'],
      ['vp09', 'vp9', 'vpcC'],
      ['vp08', 'vp8', 'vpcC'],
    ] as const
  ).map(([entry, codec, config]) => [boxType(entry), { codec, config: boxType(config) }]),
);

const type = {
  mp4a: boxType('mp4a'),
  mp3: boxType('.mp3'),
  opus: boxType('Opus'),
  flac: boxType('fLaC'),
  ac3: boxType('ac-3'),
  eac3: boxType('ec-3'),
  alaw: boxType('alaw'),
  ulaw: boxType('ulaw'),
  encv: boxType('encv'),
  enca: boxType('enca'),
  esds: boxType('esds'),
  wave: boxType('wave'),
  dOps: boxType('dOps'),
  dfLa: boxType('dfLa'),
  dac3: boxType('dac3'),
  dec3: boxType('dec3'),
  colr: boxType('colr'),
  mdcv: boxType('mdcv'),
  clli: boxType('clli'),
} as const;

/** Reads one sample entry. @throws ProtocolError where its boxes do not fit. */
export function readSampleEntry(kind: Kind, entry: Box): SampleEntry {
  if (entry.type === type.encv || entry.type === type.enca) return unknown('encrypted MP4');
  if (kind === 'video') return readVideo(entry);
  return kind === 'audio' ? readAudio(entry) : unknown(fourCcWords(entry.type));
}

function unknown(name: string): SampleEntry {
  return { codec: undefined, name, config: NOTHING };
}

function known(codec: Codec, config: Uint8Array = NOTHING): SampleEntry {
  return { codec, name: codecs[codec].title, config };
}

function readVideo({ type: name, body }: Box): SampleEntry {
  const found = VIDEO.get(name);
  if (!found) return unknown(fourCcWords(name));
  const reader = new ByteReader(body, 24);
  const size = { width: reader.u16(), height: reader.u16() };
  const boxes = boxesIn(body.subarray(VISUAL));
  const entry = known(found.codec, childOf(boxes, found.config));
  const told = readColor(boxes);
  if (Object.keys(told).length > 0) entry.color = told;
  if (size.width > 0 && size.height > 0) entry.size = size;
  return entry;
}

function readColor(boxes: readonly Box[]): ColorInfo {
  const read = <T>(name: number, from: (reader: ByteReader) => T): T | undefined => {
    const body = childOf(boxes, name);
    return body && unlessBroken(() => from(new ByteReader(body)));
  };
  const config = read(type.colr, readColr);
  const mastering = read(type.mdcv, readMdcv);
  const light = read(type.clli, readClli);
  return { ...(config && { config }), ...(mastering && { mastering }), ...(light && { light }) };
}

function readAudio({ type: name, body }: Box): SampleEntry {
  const reader = new ByteReader(body, 8);
  const version = reader.u16();
  reader.skip(6);
  const channels = reader.u16();
  reader.skip(6);
  const sampleRate = reader.u32() / 2 ** 16;
  const config = (box: number, skip = 0): Uint8Array => {
    const boxes = boxesIn(body.subarray(AUDIO + (QUICKTIME_AUDIO[version] ?? 0)));
    return (childOf(boxes, box) ?? childOf(wavesIn(boxes), box))?.subarray(skip) ?? NOTHING;
  };
  switch (name) {
    case type.mp4a: {
      const { codec, config: specific, name: title } = readEsds(config(type.esds, FULL_BOX));
      return codec ? known(codec, specific) : unknown(title);
    }
    case type.mp3:
      return known('mp3');
    case type.opus:
      return known('opus', opusHead(config(type.dOps)));
    case type.flac:
      return known('flac', config(type.dfLa, FULL_BOX));
    case type.ac3:
      return known('ac3', config(type.dac3));
    case type.eac3:
      return known('eac3', config(type.dec3));
    case type.alaw:
    case type.ulaw: {
      const said = unlessBroken(() => buildG711Config({ sampleRate, channels }));
      return said ? known(name === type.alaw ? 'pcma' : 'pcmu', said) : unknown(fourCcWords(name));
    }
    default:
      return unknown(fourCcWords(name));
  }
}

function wavesIn(boxes: readonly Box[]): Box[] {
  const wave = childOf(boxes, type.wave);
  return wave ? boxesIn(wave) : [];
}

/** The OpusHead of a `dOps` (Encapsulation of Opus in ISOBMFF, 4.3.2), whose numbers are the other way round. */
function opusHead(body: Uint8Array): Uint8Array {
  if (body.length === 0) return NOTHING;
  const reader = new ByteReader(body, 1);
  const head = {
    channels: reader.u8(),
    preSkip: reader.u16(),
    inputRate: reader.u32(),
    gain: reader.i16(),
    family: reader.u8(),
  };
  const plain = head.family === opusFamily.plain;
  const table = plain ? NOTHING : reader.rest();
  const [streams = 0, coupled = 0, ...mapping] = table;
  const built = buildOpusHead({ ...head, streams, coupled, mapping: mapping.slice(0, head.channels) });
  // What is missing of the table must be missed by whoever reads it, too.
  return plain || mapping.length >= head.channels ? built : concatBytes([built.subarray(0, 19), table]);
}
