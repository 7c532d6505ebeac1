import { amfObject, type AmfValue, encodeAmf0 } from '../../containers/amf/index.ts';
import type { RoomcastError } from '../../errors.ts';
import { OUT_CHUNK, writeMessage } from './chunk-writer.ts';
import { chunkStream, controlEvent, MEDIA_STREAM, messageType, u32, userControl } from './message.ts';

/** What the server says to its peer, as bytes. Status codes are those of RTMP 7.2 and of Flash Media Server. */

/** Peers acknowledge each so many bytes; we do the same until they choose. */
export const WINDOW: number = 2_500_000;
/** Limit type "dynamic" (5.4.5). */
const DYNAMIC = 2;

export function command(streamId: number, ...values: AmfValue[]): Uint8Array {
  const head = encodeAmf0(...values);
  return writeMessage({ chunkStream: chunkStream.command, type: messageType.command, streamId, timestamp: 0, head });
}

export function control(type: number, head: Uint8Array): Uint8Array {
  return writeMessage({ chunkStream: chunkStream.control, type, streamId: 0, timestamp: 0, head });
}

export function data(...values: AmfValue[]): Uint8Array {
  const head = encodeAmf0(...values);
  return writeMessage({ chunkStream: chunkStream.data, type: messageType.data, streamId: MEDIA_STREAM, timestamp: 0, head });
}

export function status(level: 'status' | 'error', code: string, description: string): Uint8Array {
  return command(MEDIA_STREAM, 'onStatus', 0, null, amfObject({ level, code, description }));
}

export function result(transaction: number, ...values: AmfValue[]): Uint8Array {
  return command(0, '_result', transaction, ...values);
}

export function failure(transaction: number, code: string, description: string): Uint8Array {
  return command(0, '_error', transaction, null, amfObject({ level: 'error', code, description }));
}

/** The answer to `connect`. */
export function connected(transaction: number, objectEncoding: number): Uint8Array[] {
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
      }),
    ),
  ];
}

export function playing(): Uint8Array[] {
  return [
    control(messageType.userControl, userControl(controlEvent.streamBegin, MEDIA_STREAM)),
    status('status', 'NetStream.Play.Reset', 'Playing and resetting.'),
    status('status', 'NetStream.Play.Start', 'Started playing.'),
    data('|RtmpSampleAccess', true, true),
    data('onStatus', amfObject({ code: 'NetStream.Data.Start' })),
  ];
}

/** The clean end of a broadcast, for a player. */
export function playOver(): Uint8Array[] {
  return [
    status('status', 'NetStream.Play.UnpublishNotify', 'The stream has ended.'),
    control(messageType.userControl, userControl(controlEvent.streamEof, MEDIA_STREAM)),
    status('status', 'NetStream.Play.Stop', 'Stopped playing.'),
  ];
}

/** Refusals carry the code of the error list first, so that a person and a program can read it. */
export function publishRefused(error: RoomcastError): Uint8Array {
  const name = error.code === 'bad-path' || error.code === 'too-soon' || error.code === 'already-publishing';
  return status('error', name ? 'NetStream.Publish.BadName' : 'NetStream.Publish.Denied', inWords(error));
}

export function playRefused(error: RoomcastError): Uint8Array {
  const unknown = error.code === 'not-found' || error.code === 'bad-path';
  return status('error', unknown ? 'NetStream.Play.StreamNotFound' : 'NetStream.Play.Failed', inWords(error));
}

export function inWords(error: RoomcastError): string {
  return `${error.code}: ${error.message}`;
}
