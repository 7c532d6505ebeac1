import { amfObject, type AmfObject, type AmfValue, isAmfObject } from '../../containers/amf/index.ts';
import { ProtocolError } from '../../errors.ts';
import { appOf, askedFor, type Asked } from './address.ts';
import { MEDIA_STREAM } from './message.ts';
import { type Announced, readAnnounced } from './negotiation.ts';
import { command, connected, failure, result, status } from './replies.ts';

/** Every `createStream` gets the same id; more than this many at once is no program that we know. */
const MAX_STREAMS = 16;
const MAX_AGENT = 200;

/** What a peer wants by a command. */
export type CommandEvent =
  | { type: 'publish' | 'play'; asked: Asked; agent: string | undefined }
  /** A clean end from the peer's side, of what it publishes or plays. */
  | { type: 'leave' }
  | { type: 'pause'; on: boolean };

export interface Outcome {
  replies: Uint8Array[];
  event?: CommandEvent;
}

/** What a connection is about when a command comes. */
export type CommandState = 'open' | 'publishing' | 'playing';

interface Call {
  name: string;
  transaction: number;
  object: AmfValue;
  /** What follows name, transaction and command object. */
  rest: AmfValue[];
  state: CommandState;
}

/** What the commands of a peer mean (7.2), in whatever order and with whatever types they come. */
export class Commands {
  #app: string | undefined;
  #tcUrl = '';
  #agent: string | undefined;
  #announced: Announced = readAnnounced(amfObject());
  #streams = 0;

  /** What the peer said that it can do beyond plain RTMP. */
  get announced(): Announced {
    return this.#announced;
  }

  /** Throws `ProtocolError` for what no peer may send. */
  run(values: AmfValue[], state: CommandState): Outcome {
    const [name, transaction, object, ...rest] = values;
    if (typeof name !== 'string') throw new ProtocolError('An RTMP command has no name.');
    const call: Call = { name, transaction: typeof transaction === 'number' ? transaction : 0, object, rest, state };
    if (name === 'connect') return this.#connect(call);
    if (this.#app === undefined) throw new ProtocolError('An RTMP command came before connect.');
    return this.#connected(call);
  }

  #connected(call: Call): Outcome {
    const { name, transaction } = call;
    switch (name) {
      case 'createStream':
        return this.#createStream(call);
      case 'publish':
        return this.#ask('publish', call);
      case 'play':
        return this.#ask('play', call);
      case 'deleteStream':
        this.#streams = Math.max(0, this.#streams - 1);
        return leave(call);
      case 'closeStream':
      case 'FCUnpublish':
        return leave(call);
      case 'pause':
        return pause(call);
      case 'seek':
        return { replies: [status('error', 'NetStream.Seek.Failed', 'A live stream has nowhere to go.')] };
      case 'FCPublish':
        return { replies: [told('onFCPublish', 'NetStream.Publish.Start'), ...answer(transaction)] };
      case 'FCSubscribe':
        return { replies: [told('onFCSubscribe', 'NetStream.Play.Start'), ...answer(transaction)] };
      case 'releaseStream':
      case '_checkbw':
        return { replies: answer(transaction) };
      case 'getStreamLength':
        return { replies: [result(transaction, null, 0)] };
      case 'receiveAudio':
      case 'receiveVideo':
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
    const rejected = 'NetConnection.Connect.Rejected';
    if (this.#app !== undefined)
      return { replies: [failure(transaction, rejected, 'This connection is connected already.')] };
    const offer: AmfObject = isAmfObject(object) ? object : amfObject();
    const { flashVer: agent, objectEncoding } = offer;
    this.#tcUrl = typeof offer['tcUrl'] === 'string' ? offer['tcUrl'] : '';
    const app = typeof offer['app'] === 'string' ? offer['app'] : appOf(this.#tcUrl);
    if (app === undefined) return { replies: [failure(transaction, rejected, 'The connect command names no app.')] };
    this.#app = app;
    this.#agent = typeof agent === 'string' ? agent.slice(0, MAX_AGENT) : undefined;
    this.#announced = readAnnounced(offer);
    const encoding = objectEncoding === 3 ? 3 : 0;
    return { replies: connected(transaction, { objectEncoding: encoding, announced: this.#announced.answer }) };
  }

  #createStream({ transaction }: Call): Outcome {
    if (++this.#streams > MAX_STREAMS) {
      throw new ProtocolError(`More than ${MAX_STREAMS} RTMP streams on one connection.`, 'limit-exceeded');
    }
    return { replies: [result(transaction, null, MEDIA_STREAM)] };
  }

  #ask(type: 'publish' | 'play', call: Call): Outcome {
    const code = type === 'publish' ? 'NetStream.Publish.BadName' : 'NetStream.Play.Failed';
    const [name] = call.rest;
    if (name === false) return leave(call); // NetStream.publish(false) and play(false) end what was begun
    if (call.state !== 'open')
      return { replies: [status('error', code, 'This connection publishes or plays already.')] };
    if (typeof name !== 'string') return { replies: [status('error', code, 'The stream name is not a text.')] };
    return { replies: [], event: { type, asked: askedFor(this.#app!, name, this.#tcUrl), agent: this.#agent } };
  }
}

function leave({ name, transaction, state }: Call): Outcome {
  const said =
    name === 'FCUnpublish' ? [told('onFCUnpublish', 'NetStream.Unpublish.Success'), ...answer(transaction)] : [];
  if (state === 'playing')
    return name === 'FCUnpublish' ? { replies: said } : { replies: said, event: { type: 'leave' } };
  if (state === 'open') return { replies: said };
  const ended = status('status', 'NetStream.Unpublish.Success', 'The stream is no longer published.');
  return { replies: [...said, ended], event: { type: 'leave' } };
}

function pause({ rest, state }: Call): Outcome {
  const on = rest[0] === true;
  if (state !== 'playing') return { replies: [] };
  const code = on ? 'NetStream.Pause.Notify' : 'NetStream.Unpause.Notify';
  return {
    replies: [status('status', code, on ? 'Paused.' : 'Resumed at the live edge.')],
    event: { type: 'pause', on },
  };
}

/** The FMLE commands are answered by a command of the server as well. */
function told(name: string, code: string): Uint8Array {
  return command(0, name, 0, null, amfObject({ level: 'status', code, description: '' }));
}

function answer(transaction: number): Uint8Array[] {
  return transaction === 0 ? [] : [result(transaction, null, undefined)];
}
