import { ProtocolError } from '../../errors.ts';
import { describeTrack } from '../../media/codec/table.ts';
import type { Track } from '../../media/frame.ts';
import {
  amfObject,
  type AmfObject,
  type AmfValue,
  decodeAmf0,
  EcmaArray,
  encodeAmf0,
  isAmfObject,
} from '../amf/index.ts';
import { flvTagType, soundFormat, videoCodec } from './body.ts';
import { fourCcBytes } from './four-cc.ts';
import { tagType } from './tag.ts';

export const METADATA = 'onMetaData';

/** Texts of the publisher's metadata that viewers may read. Others could hold anything, a stream key among it. */
const TEXTS = new Set([
  'artist',
  'author',
  'comment',
  'copyright',
  'creationdate',
  'creator',
  'date',
  'description',
  'encoder',
  'genre',
  'language',
  'software',
  'title',
]);
const MAX_TEXT = 256;

/** Numbers and flags are kept under any name of this form, up to a count; they are too short to hold a secret. */
const NAME = /^[a-z0-9][a-z0-9._]{0,31}$/i;
const MAX_KEPT = 64;

/** Facts that are ours to state, or that are only true of a file. */
const OURS = new Set([
  'audiochannels',
  'audiocodecid',
  'audiosamplerate',
  'audiosamplesize',
  'audiosize',
  'audiotrackidinfomap',
  'canseektoend',
  'datasize',
  'duration',
  'filesize',
  'hasaudio',
  'hascuepoints',
  'haskeyframes',
  'hasmetadata',
  'hasvideo',
  'height',
  'lastkeyframelocation',
  'lastkeyframetimestamp',
  'lasttimestamp',
  'stereo',
  'videocodecid',
  'videosize',
  'width',
]);

/** A whole text of the form of a stream key, or one that names a secret. */
const SECRET = /^[a-z0-9_-]{16,64}$|\brk_|\b(?:key|token|secret|pass(?:word|wd|phrase)?|auth)\s*[=:]/i;

/**
 * The body of the `onMetaData` tag for these tracks (E.5): what their configs say, and what is harmless of the
 * publisher's own metadata. A pure function of the tracks.
 */
export function flvMetadataBody(tracks: readonly Track[]): Uint8Array {
  const entries = kept(publisherMetadata(tracks));
  for (const track of tracks) {
    const type = flvTagType(track.codec);
    if (type === tagType.video) addVideo(entries, track);
    else if (type === tagType.audio) addAudio(entries, track);
  }
  return encodeAmf0(METADATA, new EcmaArray(entries));
}

/** The config of a data track for a metadata object. */
export function metadataConfig(metadata: AmfObject): Uint8Array {
  return encodeAmf0(METADATA, new EcmaArray(metadata));
}

/** The object of the last `onMetaData` of a stream; empty where there is none. */
export function publisherMetadata(tracks: readonly Track[]): AmfObject {
  const config = tracks.find((track) => track.codec === 'amf')?.config;
  if (!config || config.length === 0) return amfObject();
  try {
    const [, value] = decodeAmf0(config);
    return isAmfObject(value) ? value : amfObject();
  } catch (error) {
    if (error instanceof ProtocolError) return amfObject();
    throw error;
  }
}

function kept(metadata: AmfObject): AmfObject {
  const entries = amfObject();
  let count = 0;
  for (const name of Object.keys(metadata)) {
    if (count >= MAX_KEPT) break;
    if (!harmless(name, metadata[name])) continue;
    entries[name] = metadata[name];
    count++;
  }
  return entries;
}

function harmless(name: string, value: AmfValue): boolean {
  if (!NAME.test(name) || SECRET.test(name)) return false;
  const lower = name.toLowerCase();
  if (typeof value === 'number' || typeof value === 'boolean') return !OURS.has(lower);
  return typeof value === 'string' && TEXTS.has(lower) && value.length <= MAX_TEXT && !SECRET.test(value);
}

function addVideo(entries: AmfObject, track: Track): void {
  const { width, height, frameRate } = describeTrack(track);
  if (width !== undefined && height !== undefined) {
    entries['width'] = width;
    entries['height'] = height;
  }
  if (frameRate !== undefined) entries['framerate'] = frameRate;
  entries['videocodecid'] = track.codec === 'h264' ? videoCodec.avc : fourCcNumber(track);
}

function addAudio(entries: AmfObject, track: Track): void {
  const { sampleRate, channels } = describeTrack(track);
  if (sampleRate !== undefined) entries['audiosamplerate'] = sampleRate;
  entries['audiosamplesize'] = 16;
  if (channels !== undefined) {
    entries['stereo'] = channels > 1;
    entries['audiochannels'] = channels;
  }
  const { codec } = track;
  entries['audiocodecid'] = codec in soundFormat ? soundFormat[codec as keyof typeof soundFormat] : fourCcNumber(track);
}

/** Codecs of Enhanced RTMP are named in metadata by their FourCC as a number. */
function fourCcNumber({ codec }: Track): number {
  return fourCcBytes(codec).reduce((sum, byte) => sum * 256 + byte, 0);
}
