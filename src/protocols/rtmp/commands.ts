import { type AmfValue, isAmfObject } from '../../containers/amf/index.ts';
import { ProtocolError } from '../../errors.ts';
import { askedFor, type Asked } from './address.ts';
import { MEDIA_STREAM } from './message.ts';
import { command, connected, failure, result, status } from './replies.ts';

/** Every `createStream` gets the same id; more than this many is no program that we know. */
const MAX_STREAMS = 16;

export type CommandEvent =
  | { type: 'publish' | 'play'; asked: Asked; agent: string | undefined }
  | { type: 'unpublish' | 'stop' }
  | { type: 'pause'; on: boolean };

export interface Outcome {
  replies: Uint8Array[];
  event?: CommandEvent;
}

type WireState = 'open' | 'asking' | 'publishing' | 'playing' | 'over';

interface Call {
  name: string;
  transaction: number;
  /** What follows name, transaction and command object. */
  rest: AmfValue[];
  object: AmfValue;
  state: WireState;
}

/** What the commands of a peer mean (7.2), in whatever order and with whatever types they come. */
export class Commands {
  #app: string | undefined;
  #agent: string | undefined;
  #streams = 0;

  run(values: AmfValue[], state: WireState): Outcome {
    const [name, transaction, object, ...rest] = values;
    if (typeof name !== 'string') throw new ProtocolError('An RTMP command has no name.');
    const call: Call = { name, transaction: typeof transaction === 'number' ? transaction : 0, object, rest, state };
    if (name === 'connect') return this.#connect(call);
    if (this.#app === undefined) throw new ProtocolError('An RTMP command came before connect.');
    return this.#connected(call);
  }

  #connected(call: Call): Outcome {
    const { transaction } = call;
    switch (call.name) {
      case 'createStream':
        return this.#createStream(call);
      case 'publish':
        return this.#ask('publish', call);
      case 'play':
      case 'play2':
        return this.#ask('play', call);
      case 'deleteStream':
      case 'closeStream':
      case 'FCUnpublish':
        return leave(call);
      case 'pause':
        return pause(call);
      case 'FCPublish':
        return { replies: [command(0, 'onFCPublish', 0, null, null), result(transaction, null, undefined)] };
      case 'releaseStream':
      case '_checkbw':
      case 'getStreamLength':
        return { replies: [result(transaction, null, call.name === 'getStreamLength' ? 0 : undefined)] };
      case 'FCSubscribe':
      case 'receiveAudio':
      case 'receiveVideo':
      case 'seek':
      case '_result':
      case '_error':
      case 'onBWDone':
        return { replies: [] };
      default:
        if (transaction === 0) return { replies: [] };
        return { replies: [failure(transaction, 'NetConnection.Call.Failed', 'There is no such command.')] };
    }
  }

  #connect({ transaction, object }: Call): Outcome {
    if (this.#app !== undefined) {
      return { replies: [failure(transaction, 'NetConnection.Connect.Rejected', 'This connection is connected already.')] };
    }
    const app = isAmfObject(object) ? object['app'] : undefined;
    if (typeof app !== 'string') throw new ProtocolError('The RTMP connect command names no app.');
    const agent = isAmfObject(object) ? object['flashVer'] : undefined;
    this.#app = app;
    this.#agent = typeof agent === 'string' ? agent.slice(0, 200) : undefined;
    const encoding = isAmfObject(object) && object['objectEncoding'] === 3 ? 3 : 0;
    return { replies: connected(transaction, encoding) };
  }

  #createStream({ transaction }: Call): Outcome {
    if (++this.#streams > MAX_STREAMS) {
      throw new ProtocolError(`More than ${MAX_STREAMS} RTMP streams on one connection.`, 'limit-exceeded');
    }
    return { replies: [result(transaction, null, MEDIA_STREAM)] };
  }

  #ask(type: 'publish' | 'play', { rest, state }: Call): Outcome {
    const code = type === 'publish' ? 'NetStream.Publish.BadName' : 'NetStream.Play.Failed';
    if (state !== 'open') return { replies: [status('error', code, 'This connection publishes or plays already.')] };
    const [name] = rest;
    if (typeof name !== 'string') return { replies: [status('error', code, 'The stream name is not a text.')] };
    return { replies: [], event: { type, asked: askedFor(this.#app!, name), agent: this.#agent } };
  }
}

function leave({ name, transaction, state }: Call): Outcome {
  if (state === 'playing') return name === 'FCUnpublish' ? { replies: [] } : { replies: [], event: { type: 'stop' } };
  if (state !== 'publishing') return { replies: [] };
  const replies = [status('status', 'NetStream.Unpublish.Success', 'The stream is no longer published.')];
  if (name === 'FCUnpublish') replies.unshift(command(0, 'onFCUnpublish', 0, null, null), result(transaction, null, undefined));
  return { replies, event: { type: 'unpublish' } };
}

function pause({ rest, state }: Call): Outcome {
  const on = rest[0] === true;
  if (state !== 'playing') return { replies: [] };
  const code = on ? 'NetStream.Pause.Notify' : 'NetStream.Unpause.Notify';
  return { replies: [status('status', code, on ? 'Paused.' : 'Resumed at the live edge.')], event: { type: 'pause', on } };
}
