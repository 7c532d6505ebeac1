import { parseMpegAudio } from '../../media/codec/mp3.ts';
import { opusFamily, parseOpusHead } from '../../media/codec/opus.ts';
import { describeTrack } from '../../media/codec/table.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { Track } from '../../media/frame.ts';
import { box, fullBox, written } from './box-writer.ts';

/** The field for the sample rate has so many bits above the point; what is faster says a part of it. */
const MAX_RATE = 0xffff;
const SAMPLE_SIZE = 16;

/** Tags of descriptors (ISO/IEC 14496-1, 7.2.2.1). */
export const descriptor = { es: 3, decoderConfig: 4, specificInfo: 5, slConfig: 6 } as const;
/** objectTypeIndication (ISO/IEC 14496-1, table 5): those of MP3 are what FFmpeg and browsers take, unlike `.mp3`. */
export const objectType = { aac: 0x40, mp3Mpeg2: 0x69, mp3: 0x6b } as const;
const AUDIO_STREAM = (5 << 2) | 1;
/** Predefined for use in MP4 files (ISO/IEC 14496-14, 3.1.2). */
const SL_MP4 = 2;

/** `fLaC` before the metadata blocks. */
const FLAC_MAGIC = 4;

/** AudioSampleEntry (ISO/IEC 14496-12, 12.2.3); undefined for a codec that has none, or a config that cannot be read. */
export function audioSampleEntry(track: Track): Uint8Array | undefined {
  const found = unlessBroken(() => entryOf(track));
  const { sampleRate = 0, channels = 2 } = describeTrack(track);
  if (!found || sampleRate === 0) return undefined;
  const head = written((writer) => {
    writer.bytes(new Uint8Array(6));
    writer.u16(1); // data reference
    writer.bytes(new Uint8Array(8));
    writer.u16(channels);
    writer.u16(SAMPLE_SIZE);
    writer.u32(0);
    writer.u16(fieldRate(sampleRate));
    writer.u16(0);
  });
  return box(found.name, head, ...found.boxes);
}

function fieldRate(rate: number): number {
  return rate > MAX_RATE ? fieldRate(rate / 2) : rate;
}

interface Entry {
  name: string;
  boxes: readonly Uint8Array[];
}

/** @throws ProtocolError where the config is none. */
function entryOf({ codec, config }: Track): Entry | undefined {
  switch (codec) {
    case 'aac':
      return { name: 'mp4a', boxes: [esds(objectType.aac, config)] };
    case 'mp3':
      return { name: 'mp4a', boxes: [esds(mp3Type(config), undefined)] };
    case 'opus':
      return { name: 'Opus', boxes: [dOps(config)] };
    case 'flac':
      return { name: 'fLaC', boxes: [fullBox('dfLa', {}, config.subarray(FLAC_MAGIC))] };
    case 'ac3':
      return { name: 'ac-3', boxes: [box('dac3', config)] };
    case 'eac3':
      return { name: 'ec-3', boxes: [box('dec3', config)] };
    case 'pcma':
      return { name: 'alaw', boxes: [] };
    case 'pcmu':
      return { name: 'ulaw', boxes: [] };
    default:
      return undefined;
  }
}

function mp3Type(config: Uint8Array): number {
  return parseMpegAudio(config)?.version === 1 ? objectType.mp3 : objectType.mp3Mpeg2;
}

/** ES_Descriptor (ISO/IEC 14496-1, 7.2.6.5; 14496-14, 3.1.2). The bit rates of what is live are unknown. */
function esds(type: number, config: Uint8Array | undefined): Uint8Array {
  const decoder = written((writer) => {
    writer.u8(type);
    writer.u8(AUDIO_STREAM);
    writer.u24(0); // buffer
    writer.u32(0);
    writer.u32(0);
    if (config) writer.bytes(tagged(descriptor.specificInfo, config));
  });
  const stream = written((writer) => {
    writer.u16(0); // ES_ID
    writer.u8(0);
    writer.bytes(tagged(descriptor.decoderConfig, decoder));
    writer.bytes(tagged(descriptor.slConfig, Uint8Array.of(SL_MP4)));
  });
  return fullBox('esds', {}, tagged(descriptor.es, stream));
}

/** A descriptor with its length in four groups of seven bits, which every reader takes. */
function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  return written((writer) => {
    writer.u8(tag);
    for (const shift of [21, 14, 7]) writer.u8(0x80 | (length >> shift));
    writer.u8(length & 0x7f);
    writer.bytes(content);
  });
}

/** OpusSpecificBox (Encapsulation of Opus in ISOBMFF, 4.3.2): an OpusHead of version 0 with its numbers the other way round. */
function dOps(config: Uint8Array): Uint8Array {
  const { channels, preSkip, inputRate, gain, family, streams, coupled, mapping } = parseOpusHead(config);
  return box(
    'dOps',
    written((writer) => {
      writer.u8(0);
      writer.u8(channels);
      writer.u16(preSkip);
      writer.u32(inputRate);
      writer.i16(gain);
      writer.u8(family);
      if (family !== opusFamily.plain) writer.bytes(Uint8Array.of(streams, coupled, ...mapping));
    }),
  );
}
