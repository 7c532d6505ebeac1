import { concatBytes } from '../../media/bytes/bytes.ts';
import { AAC_RATES, parseAudioConfig } from '../../media/codec/aac.ts';
import { parseMpegAudio } from '../../media/codec/mp3.ts';
import { opusFamily, parseOpusHead } from '../../media/codec/opus.ts';
import { opusHeadOf } from '../../media/codec/opus-layout.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { Track } from '../../media/frame.ts';
import { BY_LETTERS, descriptor, FORMAT_BY_LETTERS, letters, OPUS_EXTENSION, tag } from './descriptor.ts';
import { pid, streamId } from './packet.ts';
import { streamType } from './stream-type.ts';

/** How a track is carried. */
export interface Carriage {
  pid: number;
  streamType: number;
  streamId: number;
  /** Its descriptors in the PMT. */
  descriptors: Uint8Array;
  /** Of AAC, what an ADTS header says of each frame. */
  adts?: AdtsConfig;
}

/** The codec config of AAC as two bits, four and three of an ADTS header. */
export interface AdtsConfig {
  profile: number;
  rateIndex: number;
  channels: number;
}

/** What is the same for all tracks of a codec. */
interface Way {
  streamType: number;
  streamId: number;
  /** Its descriptors in the PMT. */
  descriptors: Uint8Array;
}

const NONE = new Uint8Array(0);
/** Audio object types that two bits of an ADTS header can name: Main, LC, SSR and LTP. */
const MAX_ADTS_TYPE = 4;
/** Samples of a block, of which ADTS knows no other number. */
const BLOCK = 1024;
/** channel_configuration of ADTS has three bits, and 0 needs a program config element. */
const MAX_ADTS_CHANNELS = 7;
/** Channels that one code tells, in the arrangement that Opus has for so many. */
const MAX_OPUS_CHANNELS = 8;

/** The format of metadata by four letters, and its descriptor without a decoder config (2.6.60). */
function metadataOf(format: string): Uint8Array {
  const name = letters(format);
  const words = [BY_LETTERS >> 8, BY_LETTERS & 0xff];
  return descriptor(tag.metadata, words, name, [FORMAT_BY_LETTERS], name, [0, 0x0f]);
}

const registration = (name: string): Uint8Array => descriptor(tag.registration, letters(name));

/** Those codecs whose carriage is the same for each track. */
const fixed: Readonly<Partial<Record<Track['codec'], Way>>> = {
  h264: { streamType: streamType.h264, streamId: streamId.video, descriptors: NONE },
  h265: { streamType: streamType.h265, streamId: streamId.video, descriptors: registration('HEVC') },
  ac3: { streamType: streamType.ac3, streamId: streamId.private1, descriptors: registration('AC-3') },
  eac3: { streamType: streamType.eac3, streamId: streamId.private1, descriptors: registration('EAC3') },
  klv: {
    streamType: streamType.metadata,
    streamId: streamId.metadata,
    descriptors: concatBytes([registration('KLVA'), metadataOf('KLVA')]),
  },
  id3: { streamType: streamType.metadata, streamId: streamId.private1, descriptors: metadataOf('ID3 ') },
};

/** What the program says where one of its tracks is ID3 (metadata_pointer_descriptor, 2.6.58), as Apple's players want it. */
export function programDescriptors(tracks: readonly Track[], program: number): Uint8Array {
  if (!tracks.some(({ codec }) => codec === 'id3')) return NONE;
  const name = letters('ID3 ');
  const words = [BY_LETTERS >> 8, BY_LETTERS & 0xff];
  return descriptor(tag.metadataPointer, words, name, [FORMAT_BY_LETTERS], name, [0, 0x1f, program >> 8, program]);
}

const known = new WeakMap<Track, { carriage: Carriage | undefined }>();

/** How a track is carried; undefined for what MPEG-TS has no place for, or no player reads. */
export function carriageOf(track: Track): Carriage | undefined {
  let found = known.get(track);
  if (!found) known.set(track, (found = { carriage: findCarriage(track) }));
  return found.carriage;
}

function findCarriage(track: Track): Carriage | undefined {
  const way = wayOf(track);
  if (!way || track.id < 0 || track.id > pid.lastTrack - pid.firstTrack) return undefined;
  const adts = track.codec === 'aac' ? adtsConfig(track.config) : undefined;
  return { pid: pid.firstTrack + track.id, ...way, ...(adts && { adts }) };
}

function wayOf({ codec, config }: Track): Way | undefined {
  switch (codec) {
    case 'aac':
      return adtsConfig(config) && { streamType: streamType.adts, streamId: streamId.audio, descriptors: NONE };
    case 'mp3': {
      const header = parseMpegAudio(config);
      const type = header && header.version !== 1 ? streamType.mpeg2Audio : streamType.mpeg1Audio;
      return { streamType: type, streamId: streamId.audio, descriptors: NONE };
    }
    case 'opus': {
      const code = opusCode(config);
      if (code === undefined) return undefined;
      const descriptors = concatBytes([registration('Opus'), descriptor(tag.extension, [OPUS_EXTENSION, code])]);
      return { streamType: streamType.private, streamId: streamId.private1, descriptors };
    }
    default:
      return fixed[codec];
  }
}

/** Undefined for a config that ADTS cannot express. */
function adtsConfig(config: Uint8Array): AdtsConfig | undefined {
  const audio = parseAudioConfig(config);
  if (!audio || audio.channelConfig === undefined || audio.coreRate === undefined) return undefined;
  const rateIndex = AAC_RATES.indexOf(audio.coreRate);
  const { objectType, channelConfig: channels } = audio;
  const fits =
    audio.coreSamples === BLOCK &&
    objectType <= MAX_ADTS_TYPE &&
    rateIndex >= 0 &&
    channels > 0 &&
    channels <= MAX_ADTS_CHANNELS;
  return fits ? { profile: objectType - 1, rateIndex, channels } : undefined;
}

/** channel_config_code; undefined for an arrangement that has none. */
function opusCode(config: Uint8Array): number | undefined {
  const head = unlessBroken(() => parseOpusHead(config));
  if (!head) return undefined;
  const { channels, family } = head;
  if (family === opusFamily.plain) return channels;
  if (channels > MAX_OPUS_CHANNELS || family !== opusFamily.surround) return undefined;
  const usual = opusHeadOf({ channels, order: 'unspecified', speakers: [] });
  const same = head.streams === usual.streams && head.coupled === usual.coupled;
  return same && head.mapping.every((source, index) => source === usual.mapping[index]) ? channels : undefined;
}
