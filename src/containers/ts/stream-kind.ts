import { buildOpusHead, OPUS_RATE, opusFamily } from '../../media/codec/opus.ts';
import { opusHeadOf } from '../../media/codec/opus-layout.ts';
import type { Unsupported } from '../demuxer.ts';
import type { SoundForm } from './audio-lane.ts';
import { BY_LETTERS, type Descriptor, lettersAt, OPUS_EXTENSION, tag } from './descriptor.ts';
import type { ElementaryStream } from './program-map.ts';
import { streamType } from './stream-type.ts';

/** What an elementary stream is: something that can be read, something that cannot, or nothing to play. */
export type StreamKind =
  | { kind: 'video'; codec: 'h264' | 'h265' }
  | { kind: 'audio'; form: SoundForm; config?: Uint8Array }
  | { kind: 'data'; codec: 'klv' | 'id3' }
  | { unsupported: Unsupported }
  | undefined;

const sound = (form: SoundForm): StreamKind => ({ kind: 'audio', form });
const notRead = (kind: Unsupported['kind'], codec: string): StreamKind => ({ unsupported: { kind, codec } });

/** By stream_type alone. Those from 0x80 on are what ATSC, DVB and Blu-ray mostly mean by them. */
const byType: Readonly<Record<number, StreamKind>> = {
  [streamType.h264]: { kind: 'video', codec: 'h264' },
  [streamType.h265]: { kind: 'video', codec: 'h265' },
  [streamType.mpeg1Audio]: sound('mpeg'),
  [streamType.mpeg2Audio]: sound('mpeg'),
  [streamType.adts]: sound('adts'),
  [streamType.latm]: sound('latm'),
  [streamType.ac3]: sound('ac3'),
  [streamType.eac3]: sound('ac3'),
  0x84: sound('ac3'),
  0x01: notRead('video', 'MPEG-1 video'),
  0x02: notRead('video', 'MPEG-2 video'),
  0x10: notRead('video', 'MPEG-4 part 2'),
  0x1c: notRead('audio', 'raw AAC'),
  0x20: notRead('video', 'H.264 MVC'),
  0x21: notRead('video', 'JPEG 2000'),
  0x32: notRead('video', 'JPEG XS'),
  0x33: notRead('video', 'H.266'),
  0x42: notRead('video', 'AVS'),
  0x80: notRead('audio', 'LPCM'),
  0x82: notRead('audio', 'DTS'),
  0x83: notRead('audio', 'TrueHD'),
  0x85: notRead('audio', 'DTS-HD'),
  0x86: notRead('data', 'SCTE-35'),
  0x8a: notRead('audio', 'DTS'),
  0x90: notRead('data', 'PGS subtitles'),
  0xd1: notRead('video', 'Dirac'),
  0xd2: notRead('video', 'AVS2'),
  0xd4: notRead('video', 'AVS3'),
  0xea: notRead('video', 'VC-1'),
};

/** By the four letters of a registration descriptor, which mean more than a private stream_type. */
const byName: Readonly<Record<string, StreamKind>> = {
  HEVC: { kind: 'video', codec: 'h265' },
  'AC-3': sound('ac3'),
  EAC3: sound('ac3'),
  KLVA: { kind: 'data', codec: 'klv' },
  'ID3 ': { kind: 'data', codec: 'id3' },
  AV01: notRead('video', 'AV1'),
  VC_1: notRead('video', 'VC-1'),
  drac: notRead('video', 'Dirac'),
  BSSD: notRead('audio', 'SMPTE 302M'),
  'AC-4': notRead('audio', 'AC-4'),
  DTS1: notRead('audio', 'DTS'),
  DTS2: notRead('audio', 'DTS'),
  DTS3: notRead('audio', 'DTS'),
  VANC: notRead('data', 'SMPTE 2038'),
};

/** By a descriptor of DVB beside private data. */
const byTag: Readonly<Record<number, StreamKind>> = {
  [tag.ac3]: sound('ac3'),
  [tag.eac3]: sound('ac3'),
  [tag.aac]: sound('latm'),
  [tag.dts]: notRead('audio', 'DTS'),
  [tag.teletext]: notRead('data', 'teletext'),
  [tag.vbiTeletext]: notRead('data', 'teletext'),
  [tag.subtitling]: notRead('data', 'DVB subtitles'),
};

/** Tells what an elementary stream is by its type and descriptors. */
export function kindOf({ streamType: type, descriptors }: ElementaryStream): StreamKind {
  const isPrivate = type === streamType.private || type === streamType.metadata || type >= 0x80;
  if (isPrivate) {
    for (const { tag: of, data } of descriptors) {
      const name =
        of === tag.registration ? lettersAt(data, 0) : of === tag.metadata ? metadataFormat(data) : undefined;
      if (name === 'Opus') return opusKind(descriptors);
      const found = name !== undefined && Object.hasOwn(byName, name) ? byName[name] : undefined;
      if (found) return found;
    }
  }
  if (type !== streamType.private) return byType[type];
  for (const { tag: of } of descriptors) if (Object.hasOwn(byTag, of)) return byTag[of];
  return undefined;
}

/** metadata_format_identifier (2.6.60). */
function metadataFormat(data: Uint8Array): string | undefined {
  const application = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
  return lettersAt(data, application === BY_LETTERS ? 7 : 3);
}

function opusKind(descriptors: readonly Descriptor[]): StreamKind {
  const told = descriptors.find(({ tag: of, data }) => of === tag.extension && data[0] === OPUS_EXTENSION);
  const code = told?.data[1];
  if (code === undefined) return sound('opus');
  const config = opusConfig(code);
  return config ? { kind: 'audio', form: 'opus', config } : notRead('audio', 'Opus of an unusual arrangement');
}

/** OpusHead of a channel_config_code; what the decoder skips at the start is not told. Undefined for one without meaning. */
function opusConfig(code: number): Uint8Array | undefined {
  if (code === 0) return discrete(2);
  if (code <= 8) return buildOpusHead(opusHeadOf({ channels: code, order: 'unspecified', speakers: [] }));
  return code >= 0x82 && code <= 0x88 ? discrete(code & 0x0f) : undefined;
}

/** Each channel a stream of its own. */
function discrete(channels: number): Uint8Array {
  const mapping = Array.from({ length: channels }, (_, index) => index);
  const rest = { preSkip: 0, inputRate: OPUS_RATE, gain: 0, streams: channels, coupled: 0 };
  return buildOpusHead({ ...rest, channels, family: opusFamily.discrete, mapping });
}
