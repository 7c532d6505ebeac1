import type { FindingCode } from '../../client/messages.ts';
import { errorCodes } from '../../errors.ts';
import type { StreamState } from '../../live/stream.ts';
import type { EndReason, Kind } from '../../media/frame.ts';

/** JSON schemas of the answers about the whole server, for the reference. */

const text = { type: 'string' };
const whole = { type: 'integer' };
const number = { type: 'number' };
const time = { type: 'string', description: 'ISO 8601, UTC' };
const seconds = { type: 'number', description: 'seconds' };
const states: readonly StreamState[] = ['idle', 'starting', 'live', 'waiting', 'ended'];
const kinds: readonly Kind[] = ['video', 'audio', 'data'];
const reasons: readonly EndReason[] = ['ended', 'lost', 'kicked', 'revoked', 'replaced', 'shutdown', 'error'];
const findingCodes: readonly FindingCode[] = [
  'gop-long',
  'gop-irregular',
  'frame-rate-variable',
  'bit-rate-unstable',
  'bit-rate-high',
  'audio-missing',
  'video-missing',
  'b-frames',
  'key-refused',
  'clock-drift',
  'codec-unplayable',
  'timestamps-jump',
];
const bitRate = { type: 'number', description: 'bit/s' };

const session = {
  type: 'object',
  required: ['id', 'protocol', 'action', 'path', 'remote', 'since', 'bytesIn', 'bytesOut', 'skips'],
  properties: {
    id: text,
    protocol: text,
    action: { enum: ['publish', 'play'] },
    path: text,
    identity: text,
    remote: text,
    agent: text,
    since: time,
    bytesIn: whole,
    bytesOut: whole,
    skips: whole,
  },
};

export const sessionsSchema: object = {
  type: 'object',
  required: ['sessions'],
  properties: { sessions: { type: 'array', items: session } },
};

const track = {
  type: 'object',
  required: ['id', 'kind', 'codec'],
  properties: {
    id: whole,
    kind: { enum: kinds },
    codec: text,
    codecs: { type: 'string', description: 'RFC 6381' },
    profile: text,
    level: text,
    width: whole,
    height: whole,
    frameRate: { type: 'number', description: 'a second, as the codec says it' },
    bitDepth: whole,
    color: {
      type: 'object',
      description: 'code points of ITU-T H.273',
      required: ['primaries', 'transfer', 'matrix', 'fullRange'],
      properties: { primaries: whole, transfer: whole, matrix: whole, fullRange: { type: 'boolean' } },
    },
    mastering: {
      type: 'object',
      description: 'the display that the picture was made on (SMPTE ST 2086): CIE 1931 chromaticities, and cd/m²',
      properties: {
        redX: number,
        redY: number,
        greenX: number,
        greenY: number,
        blueX: number,
        blueY: number,
        whiteX: number,
        whiteY: number,
        maxLuminance: number,
        minLuminance: number,
      },
    },
    light: {
      type: 'object',
      description: 'cd/m² (CTA-861.3): of the brightest pixel, and of the brightest picture’s mean',
      properties: { max: number, frameAverage: number },
    },
    sampleRate: { type: 'integer', description: 'Hz' },
    channels: whole,
    frameSamples: whole,
  },
};

const finding = {
  type: 'object',
  required: ['code', 'severity', 'values'],
  properties: {
    code: { enum: findingCodes },
    severity: { enum: ['info', 'warn', 'bad'] },
    values: {
      type: 'object',
      description: 'numbers and short words, other ones for each code',
      additionalProperties: { type: ['number', 'string'] },
    },
  },
};

export const streamSchema: object = {
  type: 'object',
  required: ['path', 'state', 'viewers', 'tracks', 'findings'],
  properties: {
    path: text,
    state: { enum: states },
    since: time,
    broadcast: text,
    reason: { enum: reasons, description: 'why it waits, or why the last broadcast ended' },
    viewers: whole,
    publisher: session,
    tracks: { type: 'array', items: track },
    rates: {
      type: 'object',
      required: ['bitRate', 'videoBitRate', 'audioBitRate'],
      properties: {
        bitRate,
        videoBitRate: bitRate,
        audioBitRate: bitRate,
        frameRate: { type: 'number', description: 'a second, as measured' },
        gop: seconds,
      },
    },
    edge: {
      type: 'object',
      description: 'the newest frame: its time in the stream, and the wall time that belongs to it',
      required: ['mediaTime', 'at'],
      properties: { mediaTime: seconds, at: time },
    },
    lastLive: {
      type: 'object',
      required: ['endedAt', 'duration'],
      properties: { endedAt: time, duration: seconds },
    },
    findings: { type: 'array', items: finding },
  },
};

export const streamsSchema: object = {
  type: 'object',
  required: ['streams'],
  properties: { streams: { type: 'array', items: streamSchema } },
};

export const serverSchema: object = {
  type: 'object',
  required: ['version', 'node', 'startedAt', 'claimed', 'sessions', 'streams', 'memory'],
  properties: {
    version: text,
    node: text,
    startedAt: time,
    claimed: { type: 'boolean', description: 'somebody has opened the owner’s link' },
    sessions: { type: 'object', required: ['publish', 'play'], properties: { publish: whole, play: whole } },
    streams: { type: 'integer', description: 'broadcasts that are on' },
    memory: { type: 'integer', description: 'bytes of the process that are in memory' },
    loopDelay: {
      type: 'object',
      description: 'seconds by which things were late since it was asked before; absent the first time',
      required: ['p50', 'p99'],
      properties: { p50: { type: 'number' }, p99: { type: 'number' } },
    },
    certificate: {
      type: 'object',
      description: 'where TLS is on',
      required: ['names', 'issuer', 'until'],
      properties: { names: { type: 'array', items: text }, issuer: text, until: time },
    },
  },
};

/** Every option, its value and where that comes from. */
export const configSchema: object = {
  type: 'object',
  required: ['options'],
  properties: {
    options: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'value', 'origin'],
        properties: {
          name: text,
          value: { description: 'null where there is none; “(hidden)” for a secret' },
          origin: { type: 'string', description: 'default, program, or where it was set' },
        },
      },
    },
  },
};

/** What every error looks like. */
export const errorSchema: object = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: Object.keys(errorCodes) },
        message: text,
        detail: {
          type: 'object',
          description: 'what exactly is wrong with a value, for those who say it in words of their own',
          required: ['why'],
          properties: { why: text, limit: { type: 'number' } },
        },
      },
    },
  },
};
