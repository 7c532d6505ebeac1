import { isDeepStrictEqual } from 'node:util';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { fromHex } from '../../../src/media/bytes/hex.ts';
import { aac, parseAudioConfig } from '../../../src/media/codec/aac.ts';
import { AacReader } from '../../../src/media/codec/aac-reader.ts';
import { ac3, buildAc3Config, parseAc3Config } from '../../../src/media/codec/ac3.ts';
import { Ac3Reader } from '../../../src/media/codec/ac3-reader.ts';
import { isAdts, splitAdts } from '../../../src/media/codec/adts.ts';
import {
  ac3ConfigCases,
  eac3ConfigCases,
  flacConfigCases,
  g711ConfigCases,
  opusHeadCases,
  opusPacketCases,
} from '../../../src/media/codec/audio-cases.ts';
import {
  ac3FrameCases,
  adtsFrameCases,
  eac3FrameCases,
  flacFrameCases,
  mp3FrameCases,
} from '../../../src/media/codec/audio-frame-cases.ts';
import type { AudioReader } from '../../../src/media/codec/audio-reader.ts';
import type { CodecDefinition } from '../../../src/media/codec/codec.ts';
import { buildEac3Config, eac3, parseEac3Config } from '../../../src/media/codec/eac3.ts';
import { Eac3Reader } from '../../../src/media/codec/eac3-reader.ts';
import { buildFlacConfig, flac, parseFlacConfig } from '../../../src/media/codec/flac.ts';
import { FlacReader } from '../../../src/media/codec/flac-reader.ts';
import { buildG711Config, G711Reader, parseG711Config, pcma } from '../../../src/media/codec/g711.ts';
import { mp3 } from '../../../src/media/codec/mp3.ts';
import { Mp3Reader } from '../../../src/media/codec/mp3-reader.ts';
import { aacCases, mp3Cases } from '../../../src/media/codec/mpeg-audio-cases.ts';
import { buildOpusHead, opus, parseOpusHead } from '../../../src/media/codec/opus.ts';
import { OPUS_MAX_SAMPLES } from '../../../src/media/codec/opus-packet.ts';
import { OpusReader } from '../../../src/media/codec/opus-reader.ts';
import { unlessBroken } from '../../../src/media/codec/unless-broken.ts';
import type { FuzzTarget } from '../target.ts';

/** AAC-LC with ADTS, as it is, and with lengths below the seven bytes of the header. */
const ADTS = ['fff15080015ffc211004', 'fff1508000dffc211004', 'fff15080001ffc211004', 'fff05080011ffc0000211004'];
/** AudioSpecificConfigs with SBR of 1 Hz, and with a program config element that has no channels. */
const AAC = ['29978000008800', '10001000000000000000'];
/** 5.1: four streams in a packet. */
const SURROUND = fromHex('4f707573486561640106380180bb0000000001 0402000401020305');
/** Hz: the rate of FLAC has 20 bits. */
const MAX_RATE = 2 ** 20 - 1;
/** The longest packet: a second of G.711 is short beside what the fuzzer makes. */
const MAX_SAMPLES = 2 ** 24;

const readers: [CodecDefinition, () => AudioReader][] = [
  [aac, () => new AacReader()],
  [aac, () => configured(new AacReader(), aacCases[0]!.bytes)],
  [mp3, () => new Mp3Reader()],
  [opus, () => new OpusReader()],
  [opus, () => configured(new OpusReader(), SURROUND)],
  [flac, () => new FlacReader()],
  [flac, () => configured(new FlacReader(), flacConfigCases[1]!.bytes)],
  [ac3, () => new Ac3Reader()],
  [eac3, () => new Eac3Reader()],
  [pcma, () => configured(new G711Reader(), Uint8Array.of(1, 2))],
];

/** Codec configs and packets of sound. */
export const target: FuzzTarget = {
  id: 'F-08',
  title: 'Audio configs and packets: AAC, ADTS, MP3, Opus, FLAC, AC-3, E-AC-3, G.711',
  seeds: [
    ...[...opusHeadCases, ...flacConfigCases, ...ac3ConfigCases, ...eac3ConfigCases, ...g711ConfigCases('')],
    ...[...opusPacketCases, ...flacFrameCases, ...ac3FrameCases, ...eac3FrameCases, ...adtsFrameCases],
    ...[...mp3FrameCases, ...aacCases, ...mp3Cases],
  ]
    .map(({ bytes }) => bytes)
    .concat([...ADTS, ...AAC].map((hex) => fromHex(hex))),
  run(bytes) {
    // Each of them, whether the bytes break the rules of another or not.
    for (const definition of [aac, mp3, opus, flac, ac3, eac3, pcma]) unlessBroken(() => checkInfo(definition, bytes));
    unlessBroken(() => parseAudioConfig(bytes));
    unlessBroken(() => checkAdts(bytes));
    const twice = concatBytes([bytes, bytes]);
    for (const [definition, make] of readers) {
      const reader = make();
      unlessBroken(() => checkUnits(definition, reader, bytes));
      unlessBroken(() => reader.configure(bytes));
      unlessBroken(() => checkUnits(definition, reader, twice));
    }
  },
  roundTrip(bytes) {
    rebuild(bytes, parseOpusHead, buildOpusHead);
    rebuild(bytes, parseFlacConfig, buildFlacConfig);
    rebuild(bytes, parseAc3Config, buildAc3Config);
    rebuild(bytes, parseEac3Config, buildEac3Config);
    rebuild(bytes, parseG711Config, buildG711Config);
  },
};

function configured(reader: AudioReader, config: Uint8Array): AudioReader {
  reader.configure(config);
  return reader;
}

function checkInfo(definition: CodecDefinition, config: Uint8Array): void {
  const { channels = 1, sampleRate = 1, frameSamples = 1 } = definition.describe(config);
  const sound = channels >= 1 && channels <= 255 && sampleRate >= 1 && sampleRate <= MAX_RATE && frameSamples >= 1;
  if (!sound) throw new Error(`${definition.title} has ${channels} channels of ${sampleRate} Hz, ${frameSamples}.`);
}

function checkAdts(bytes: Uint8Array): void {
  const frames = splitAdts(bytes);
  const length = frames.reduce((sum, frame) => sum + frame.length, 0);
  if (length > bytes.length || frames.some((frame) => frame.length < 7)) throw new Error('ADTS of impossible lengths.');
  if (isAdts(bytes) && frames.length === 0) throw new Error('ADTS without frames.');
}

/** Packets are whole, lie in the message one behind the other, last for a while and come behind their config. */
function checkUnits(definition: CodecDefinition, reader: AudioReader, message: Uint8Array): void {
  let before = 0;
  for (const { data, samples, config } of reader.read(message)) {
    const most = definition === opus ? OPUS_MAX_SAMPLES : MAX_SAMPLES;
    if (data.buffer !== message.buffer || data.byteOffset < before) throw new Error('A packet from somewhere else.');
    if (!(Number.isInteger(samples) && samples >= 1 && samples <= most)) throw new Error(`It has ${samples} samples.`);
    if (config) checkInfo(definition, config);
    before = data.byteOffset + data.length;
    if (!reader.config) throw new Error(`${definition.title} comes before its config.`);
  }
  // What it cannot read of AAC it passes on: decoders know more kinds of it.
  if (definition !== aac && reader.config && definition.describe(reader.config).channels === undefined) {
    throw new Error(`The config of ${definition.title} cannot be read.`);
  }
}

function rebuild<T>(bytes: Uint8Array, parse: (bytes: Uint8Array) => T, build: (value: T) => Uint8Array): void {
  const value = unlessBroken(() => parse(bytes));
  if (value !== undefined && !isDeepStrictEqual(parse(build(value)), value)) throw new Error('The config differs.');
}
