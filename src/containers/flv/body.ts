import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Codec, Frame, Track } from '../../media/frame.ts';
import { codecs } from '../../media/codec/table.ts';
import { toMs } from '../../media/time.ts';
import { exBodyHead, exColorBody, exConfigBody } from './ex-body.ts';
import { type TagType, tagType } from './tag.ts';

/** CodecID of the video header and SoundFormat of the audio header (E.4.3.1, E.4.2.1). */
export const videoCodec = { avc: 7 } as const;
export const soundFormat = { mp3: 2, pcma: 7, pcmu: 8, aac: 10, mp3At8k: 14 } as const;

/** FrameType (E.4.3.1). */
export const frameType = { key: 1, inter: 2, command: 5 } as const;

/** AVCPacketType and AACPacketType. */
export const packetType = { config: 0, frame: 1, end: 2 } as const;

/** SoundSize 16 bit and SoundType stereo, which AAC always says. */
const SIZE_16 = 2;
const STEREO = 1;

/** SI24 composition time, ms (E.4.3.2). */
const MIN_CTS = -0x80_0000;
const MAX_CTS = 0x7f_ffff;

/** DataSize has 24 bits. */
export const MAX_BODY = 0xff_ffff;

const EMPTY = new Uint8Array(0);
const AAC_FRAME = Uint8Array.of((soundFormat.aac << 4) | (3 << 2) | SIZE_16 | STEREO, packetType.frame);

/** The tag type that carries a track's frames; undefined for what FLV has no place for. */
export function flvTagType(codec: Codec): TagType | undefined {
  const { kind } = codecs[codec];
  if (kind === 'video') return tagType.video;
  if (kind === 'audio') return tagType.audio;
  return codec === 'amf' ? tagType.script : undefined;
}

/** What comes before a frame's data in the body of its tag or RTMP message. */
export function flvBodyHead(frame: Frame): Uint8Array {
  switch (frame.track.codec) {
    case 'h264':
      return avcHead(frame);
    case 'aac':
      return AAC_FRAME;
    case 'mp3':
      return Uint8Array.of(mp3Head(frame.track.config));
    case 'pcma':
    case 'pcmu':
      return Uint8Array.of(pcmHead(frame.track));
    case 'amf':
    case 'captions':
    case 'klv':
    case 'id3':
      return EMPTY;
    default:
      return exBodyHead(frame, { frameType: typeOf(frame), cts: ctsOf(frame) });
  }
}

/** The body of the tag or message with one frame. */
export function flvBody(frame: Frame): Uint8Array {
  return concatBytes([flvBodyHead(frame), frame.data]);
}

/** The body that announces a track's codec config (sequence header); undefined for codecs that need none. */
export function flvConfigBody(track: Track): Uint8Array | undefined {
  if (track.codec === 'h264') {
    return concatBytes([
      Uint8Array.of((frameType.key << 4) | videoCodec.avc, packetType.config, 0, 0, 0),
      track.config,
    ]);
  }
  if (track.codec === 'aac') return concatBytes([Uint8Array.of(AAC_FRAME[0]!, packetType.config), track.config]);
  return exConfigBody(track, frameType.key);
}

/**
 * The body that tells how a track's colours are meant beside its config; undefined where nobody said, and for codecs
 * that are not written in the enhanced form.
 */
export function flvColorBody(track: Track): Uint8Array | undefined {
  return track.codec === 'h264' ? undefined : exColorBody(track, frameType.command);
}

function avcHead(frame: Frame): Uint8Array {
  const cts = ctsOf(frame);
  return Uint8Array.of((typeOf(frame) << 4) | videoCodec.avc, packetType.frame, cts >> 16, cts >> 8, cts);
}

function typeOf({ key }: Frame): number {
  return key ? frameType.key : frameType.inter;
}

/** ms. The difference of the rounded times, so that the sum is the rounded presentation time. */
function ctsOf({ pts, dts }: Frame): number {
  return Math.max(MIN_CTS, Math.min(MAX_CTS, toMs(pts) - toMs(dts)));
}

/** G.711 has 8 kHz whatever SoundRate says, of which the lowest is 5.5 (E.4.2.1). */
function pcmHead({ codec, config }: Track): number {
  const format = codec === 'pcma' ? soundFormat.pcma : soundFormat.pcmu;
  return (format << 4) | SIZE_16 | (codecs[codec].describe(config).channels === 2 ? STEREO : 0);
}

function mp3Head(config: Uint8Array): number {
  const { sampleRate = 44_100, channels = 2 } = codecs.mp3.describe(config);
  const format = sampleRate === 8000 ? soundFormat.mp3At8k : soundFormat.mp3;
  return (format << 4) | (rateBits(sampleRate) << 2) | SIZE_16 | (channels === 2 ? STEREO : 0);
}

/** SoundRate: 5.5, 11, 22 or 44 kHz; the nearest below where it is another, since the frames themselves tell. */
function rateBits(sampleRate: number): number {
  if (sampleRate >= 32_000) return 3;
  if (sampleRate >= 22_050) return 2;
  return sampleRate >= 11_025 ? 1 : 0;
}
