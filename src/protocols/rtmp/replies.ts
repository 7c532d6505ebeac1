import { amfObject, type AmfObject, type AmfValue, encodeAmf0 } from '../../containers/amf/index.ts';
import type { RoomcastError } from '../../errors.ts';
import type { EndReason } from '../../media/frame.ts';
import { OUT_CHUNK, writeMessage } from './chunk-writer.ts';
import { chunkStream, controlEvent, MEDIA_STREAM, messageType, u32, userControl } from './message.ts';

/** What the server says to its peer, as bytes. Status codes are those of RTMP 7.2 and of Flash Media Server. */

/** Peers acknowledge each so many bytes; we do the same until they choose. */
export const WINDOW: number = 2_500_000;
/** Limit type "dynamic" (5.4.5). */
const DYNAMIC = 2;

/** A command message (7.2); `streamId` 0 is the connection itself. */
export function command(streamId: number, ...values: AmfValue[]): Uint8Array {
  const head = encodeAmf0(...values);
  return writeMessage({ chunkStream: chunkStream.command, type: messageType.command, streamId, timestamp: 0, head });
}

/** A protocol control or user control message (5.4, 7.1.7). */
export function control(type: number, head: Uint8Array): Uint8Array {
  return writeMessage({ chunkStream: chunkStream.control, type, streamId: 0, timestamp: 0, head });
}

function data(...values: AmfValue[]): Uint8Array {
  const head = encodeAmf0(...values);
  return writeMessage({
    chunkStream: chunkStream.data,
    type: messageType.data,
    streamId: MEDIA_STREAM,
    timestamp: 0,
    head,
  });
}

/** An `onStatus` of the media stream (7.2.2). */
export function status(level: 'status' | 'error', code: string, description: string): Uint8Array {
  return command(MEDIA_STREAM, 'onStatus', 0, null, amfObject({ level, code, description }));
}

/** The answer to a command. */
export function result(transaction: number, ...values: AmfValue[]): Uint8Array {
  return command(0, '_result', transaction, ...values);
}

/** The answer to a command that was not obeyed. */
export function failure(transaction: number, code: string, description: string): Uint8Array {
  return command(0, '_error', transaction, null, amfObject({ level: 'error', code, description }));
}

/** What the answer to `connect` repeats of what the peer announced. */
export interface Abilities {
  /** 3 where the peer reads AMF3. */
  objectEncoding: 0 | 3;
  /** Of Enhanced RTMP. */
  announced: AmfObject;
}

/** The answer to `connect`. */
export function connected(transaction: number, { objectEncoding, announced }: Abilities): Uint8Array[] {
  return [
    control(messageType.windowSize, u32(WINDOW)),
    control(messageType.peerBandwidth, Uint8Array.of(...u32(WINDOW), DYNAMIC)),
    control(messageType.setChunkSize, u32(OUT_CHUNK)),
    result(
      transaction,
      amfObject({ fmsVer: 'FMS/3,5,7,7009', capabilities: 31, mode: 1 }),
      amfObject({
        level: 'status',
        code: 'NetConnection.Connect.Success',
        description: 'Connection succeeded.',
        objectEncoding,
        ...announced,
      }),
    ),
  ];
}

/** The answer to `play` (7.2.2.1). */
export function playing(): Uint8Array[] {
  return [
    control(messageType.userControl, userControl(controlEvent.streamBegin, MEDIA_STREAM)),
    status('status', 'NetStream.Play.Reset', 'Playing and resetting.'),
    status('status', 'NetStream.Play.Start', 'Started playing.'),
    data('|RtmpSampleAccess', true, true),
    data('onStatus', amfObject({ code: 'NetStream.Data.Start' })),
  ];
}

/** The end of a broadcast for a player: clean, or with the reason why it must leave. */
export function playOver(error?: RoomcastError): Uint8Array[] {
  return [
    error
      ? status('error', 'NetStream.Play.Failed', inWords(error))
      : status('status', 'NetStream.Play.UnpublishNotify', 'The stream has ended.'),
    control(messageType.userControl, userControl(controlEvent.streamEof, MEDIA_STREAM)),
    ...(error ? [] : [status('status', 'NetStream.Play.Stop', 'Stopped playing.')]),
  ];
}

/** A player keeps playing, without a track that it did not announce it could read. */
export function trackMissing(error: RoomcastError): Uint8Array {
  return status('status', 'NetStream.Play.NoSupportedTrackFound', inWords(error));
}

/** What a publisher is told when the server ends it without an error. */
const publishEnds: Partial<Record<EndReason, string>> = {
  replaced: 'A newer connection with the same key took over.',
  shutdown: 'The server is stopping.',
};

/** The server ends a publisher. */
export function publishOver(reason: EndReason, error?: RoomcastError): Uint8Array {
  if (error && reason !== 'shutdown') return status('error', 'NetStream.Publish.Denied', inWords(error));
  return status('status', 'NetStream.Unpublish.Success', publishEnds[reason] ?? 'The broadcast was ended.');
}

/** Asks a peer that announced it to come back by itself (Enhanced RTMP v2, Reconnect Request). */
export function reconnectRequest(): Uint8Array {
  const code = 'NetConnection.Connect.ReconnectRequest';
  return command(0, 'onStatus', 0, null, amfObject({ level: 'status', code, description: 'The server is stopping.' }));
}

/** The answer to a `publish` that was refused. Refusals begin with the code of the error list, for people and programs. */
export function publishRefused(error: RoomcastError): Uint8Array {
  const name = error.code === 'bad-path' || error.code === 'too-soon' || error.code === 'already-publishing';
  return status('error', name ? 'NetStream.Publish.BadName' : 'NetStream.Publish.Denied', inWords(error));
}

/** The answer to a `play` that was refused. */
export function playRefused(error: RoomcastError): Uint8Array {
  const unknown = error.code === 'not-found' || error.code === 'bad-path';
  return status('error', unknown ? 'NetStream.Play.StreamNotFound' : 'NetStream.Play.Failed', inWords(error));
}

/** An error as a status description. */
export function inWords(error: RoomcastError): string {
  return `${error.code}: ${error.message}`;
}
