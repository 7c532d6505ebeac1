import {
  amfObject,
  type AmfLimits,
  type AmfValue,
  decodeAmf0,
  decodeAmf3Command,
  encodeAmf0,
  isAmfObject,
} from '../../containers/amf/index.ts';
import type { MediaEvent } from '../../containers/demuxer.ts';
import { FlvTagDecoder, type FlvTagDecoderOptions, tagType } from '../../containers/flv/index.ts';
import { Denied, type ErrorCode, errorCodes, ProtocolError, RoomcastError, toRoomcastError } from '../../errors.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { Acknowledger } from './acknowledger.ts';
import type { RtmpTarget } from './address.ts';
import { type ChunkLimits, ChunkReader } from './chunk-reader.ts';
import { OUT_CHUNK } from './chunk-writer.ts';
import { ClientHandshake, type HandshakeTools } from './handshake.ts';
import { controlEvent, type Message, messageType, splitAggregate, u32, userControl } from './message.ts';
import { announcement } from './negotiation.ts';
import { command, control, WINDOW } from './replies.ts';
import { RtmpMuxer } from './rtmp-muxer.ts';

/** What a server says to a publisher or player. */
export type RtmpClientEvent =
  /** Publishing or playing was allowed; a player may have to wait for media. */
  | { type: 'ready' }
  | MediaEvent
  /** A status of the server's, for a log: it is not trusted text. */
  | { type: 'status'; level: string; code: string; description: string }
  /** The broadcast is over, or the server ended what we publish. */
  | { type: 'end' }
  /** The server asks us to leave and to come back, to another address where it names one. */
  | { type: 'reconnect'; tcUrl?: string }
  /** The connection is of no use any more. */
  | { type: 'close'; error: RoomcastError };

export interface ClientWireOptions extends Pick<HandshakeTools, 'random'> {
  action: 'publish' | 'play';
  target: RtmpTarget;
  limits: ChunkLimits;
  amf: AmfLimits;
  tags?: FlvTagDecoderOptions;
  /** µs from the start to `ready`. */
  connectTime: number;
  /** Monotonic µs at which it starts. */
  now: number;
}

type State = 'greeting' | 'connecting' | 'creating' | 'asking' | 'publishing' | 'playing' | 'over';

/** Transactions of the calls whose answers matter. */
const call = { connect: 1, release: 2, announce: 3, create: 4, leave: 5 } as const;
/** What servers take for a program that publishes. */
const AGENT = 'FMLE/3.0 (compatible; roomcast)';
/** `start` of a play command that wants the live stream (7.2.2.1), ms. */
const LIVE_ONLY = -1000;
/** `videoFunction` (Enhanced RTMP v2): the player reads pictures of high dynamic range, and metadata about colours. */
const VIDEO_FUNCTION = 2 | 4;
/** What a player tells that it buffers, ms. */
const BUFFER_MS = 1000;
const MAX_WORDS = 200;
const MAX_URL = 1024;
/** Control characters would do something to the terminal that shows the words. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;
const SET_DATA_FRAME = encodeAmf0('@setDataFrame');

/** Statuses after which a player gets nothing more. */
const OVER = new Set(['NetStream.Play.UnpublishNotify', 'NetStream.Play.Stop', 'NetStream.Play.Complete']);
/** What servers say to the second publisher of a name, who may be the first one that comes back. */
const TAKEN = 'NetStream.Publish.BadName';

/** The client's side of one RTMP connection: bytes and time in, events and bytes out. */
export class RtmpClientWire {
  readonly #options: ClientWireOptions;
  readonly #handshake: ClientHandshake;
  readonly #chunks: ChunkReader;
  readonly #acknowledger = new Acknowledger();
  readonly #decoder: FlvTagDecoder;
  #muxer: RtmpMuxer | undefined;
  #tracks: Track[] = [];
  #streamId = 0;
  #state: State = 'greeting';
  readonly #out: Uint8Array[];

  constructor(options: ClientWireOptions) {
    this.#options = options;
    this.#handshake = new ClientHandshake(options);
    this.#chunks = new ChunkReader(options.limits);
    this.#decoder = new FlvTagDecoder(options.tags);
    this.#out = [this.#handshake.start()];
  }

  get state(): State {
    return this.#state;
  }

  /** Never throws: what the server does wrong ends in a `close` event. `bytes` must not change afterwards. */
  receive(bytes: Uint8Array, now: number): RtmpClientEvent[] {
    const events: RtmpClientEvent[] = [];
    if (this.#state === 'over') return events;
    try {
      this.#say(this.#acknowledger.received(bytes.length));
      this.#read(this.#state === 'greeting' ? this.#greet(bytes) : bytes, now, events);
    } catch (thrown) {
      this.#close(toRoomcastError(thrown), events);
    }
    return events;
  }

  /**
   * Tells of a track before its first frame, or of its new configuration. Does nothing before `ready`, nor for a second
   * picture or sound: one of each is published, the first that comes.
   */
  announce(track: Track): void {
    if (!this.#muxer || !this.#takes(track)) return;
    const known = this.#tracks.findIndex(({ id }) => id === track.id);
    this.#tracks = known < 0 ? [...this.#tracks, track] : this.#tracks.with(known, track);
    this.#out.push(this.#muxer.announce(track, this.#tracks));
  }

  /** Publishes a frame, behind its track where that is new. Does nothing where `announce` would not. */
  write(frame: Frame): void {
    if (!this.#muxer || !this.#takes(frame.track)) return;
    if (!this.#tracks.includes(frame.track)) this.announce(frame.track);
    this.#out.push(this.#muxer.mux(frame));
  }

  /** Ends it cleanly; the connection may be closed once `toSend()` is written. */
  leave(): void {
    if (this.#state === 'publishing')
      this.#out.push(command(0, 'FCUnpublish', call.leave, null, this.#options.target.name));
    if (this.#streamId > 0) this.#out.push(command(0, 'deleteStream', 0, null, this.#streamId));
    this.#over();
  }

  /** Ends it without a word, so that a broadcast waits for us to come back. */
  abandon(): void {
    this.#over();
  }

  /** Bytes to write now. */
  toSend(): Uint8Array[] {
    return this.#out.splice(0);
  }

  /** When `tick` must be called next, monotonic µs; undefined when nothing is waited for. */
  deadline(): number | undefined {
    const waits = this.#state !== 'publishing' && this.#state !== 'playing' && this.#state !== 'over';
    return waits ? this.#options.now + this.#options.connectTime : undefined;
  }

  tick(now: number): RtmpClientEvent[] {
    const deadline = this.deadline();
    const events: RtmpClientEvent[] = [];
    if (deadline !== undefined && now >= deadline) {
      this.#close(new ProtocolError('The RTMP server did not answer in time.', 'time-out'), events);
    }
    return events;
  }

  #takes(track: Track): boolean {
    if (!this.#muxer!.carries(track)) return false;
    const isOther = ({ id, kind }: Track): boolean => kind === track.kind && id !== track.id;
    return track.kind === 'data' || !this.#tracks.some(isOther);
  }

  #greet(bytes: Uint8Array): Uint8Array {
    const done = this.#handshake.push(bytes);
    if (!done) return new Uint8Array(0);
    this.#state = 'connecting';
    this.#out.push(
      done.send,
      control(messageType.setChunkSize, u32(OUT_CHUNK)),
      control(messageType.windowSize, u32(WINDOW)),
      command(0, 'connect', call.connect, this.#offer()),
    );
    return done.rest;
  }

  #offer(): AmfValue {
    const { action, target } = this.#options;
    const { app, tcUrl } = target;
    if (action === 'publish') return amfObject({ app, type: 'nonprivate', flashVer: AGENT, tcUrl, ...announcement() });
    const codecs = { capabilities: 15, audioCodecs: 4071, videoCodecs: 252, videoFunction: VIDEO_FUNCTION };
    return amfObject({ app, flashVer: AGENT, tcUrl, fpad: false, ...codecs, ...announcement() });
  }

  #read(bytes: Uint8Array, now: number, events: RtmpClientEvent[]): void {
    this.#chunks.push(bytes);
    while (this.#state !== 'over') {
      const message = this.#chunks.next(now);
      if (!message) return;
      this.#message(message, events);
    }
  }

  #message(message: Message, events: RtmpClientEvent[]): void {
    const { type, body } = message;
    switch (type) {
      case messageType.audio:
      case messageType.video:
        this.#tag(type, message, events);
        return;
      case messageType.data:
        this.#tag(tagType.script, message, events);
        return;
      case messageType.command:
        this.#command(decodeAmf0(body, this.#options.amf), events);
        return;
      case messageType.commandAmf3:
        this.#command(decodeAmf3Command(body, this.#options.amf), events);
        return;
      case messageType.aggregate:
        for (const part of splitAggregate(message)) this.#message(part, events);
        return;
      case messageType.userControl:
        this.#control(body, events);
        return;
      case messageType.windowSize:
        this.#acknowledger.window(body);
        return;
      case messageType.peerBandwidth:
        this.#say(this.#acknowledger.bandwidth(body));
        return;
      default: // acknowledgements and what is unknown ask for nothing
    }
  }

  #tag(type: 8 | 9 | 18, { timestamp, body }: Message, events: RtmpClientEvent[]): void {
    if (this.#state !== 'playing') return;
    for (const event of this.#decoder.decode(type, timestamp, body)) events.push(event);
  }

  #control(body: Uint8Array, events: RtmpClientEvent[]): void {
    if (body.length < 6 || body[0] !== 0) return;
    const value = new DataView(body.buffer, body.byteOffset).getUint32(2);
    if (body[1] === controlEvent.ping)
      this.#out.push(control(messageType.userControl, userControl(controlEvent.pong, value)));
    if (body[1] === controlEvent.streamEof && this.#state === 'playing') this.#end(events);
  }

  #command([name, transaction, , info]: AmfValue[], events: RtmpClientEvent[]): void {
    if (name === '_result' && transaction === call.connect) this.#connected();
    else if (name === '_result' && transaction === call.create) this.#created(info);
    else if (name === '_error' && (transaction === call.connect || transaction === call.create))
      this.#refused(info, events);
    else if (name === 'onStatus') this.#status(info, events);
    else if (name === 'close') this.#end(events);
  }

  #connected(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'creating';
    const { action, target } = this.#options;
    if (action === 'publish') {
      this.#out.push(command(0, 'releaseStream', call.release, null, target.name));
      this.#out.push(command(0, 'FCPublish', call.announce, null, target.name));
    }
    this.#out.push(command(0, 'createStream', call.create, null));
  }

  #created(id: AmfValue): void {
    if (this.#state !== 'creating') return;
    if (typeof id !== 'number') throw new ProtocolError('The RTMP server gave a stream no number.');
    this.#state = 'asking';
    this.#streamId = id;
    const { action, target } = this.#options;
    if (action === 'publish') {
      this.#out.push(command(id, 'publish', 0, null, target.name, 'live'));
      return;
    }
    const buffer = Uint8Array.of(...userControl(controlEvent.setBufferLength, id), ...u32(BUFFER_MS));
    this.#out.push(command(id, 'play', 0, null, target.name, LIVE_ONLY), control(messageType.userControl, buffer));
  }

  #status(info: AmfValue, events: RtmpClientEvent[]): void {
    const { level, code, description } = wordsOf(info);
    events.push({ type: 'status', level, code, description });
    if (code === 'NetConnection.Connect.ReconnectRequest') events.push({ type: 'reconnect', ...placeIn(info) });
    else if (level === 'error') this.#refused(info, events);
    else if (this.#state === 'asking' && code === 'NetStream.Publish.Start') this.#ready('publishing', events);
    else if (this.#state === 'asking' && code === 'NetStream.Play.Start') this.#ready('playing', events);
    else if (this.#state === 'playing' && OVER.has(code)) this.#end(events);
    else if (this.#state === 'publishing' && code === 'NetStream.Unpublish.Success') this.#end(events);
  }

  #ready(state: 'publishing' | 'playing', events: RtmpClientEvent[]): void {
    this.#state = state;
    if (state === 'publishing') this.#muxer = new RtmpMuxer({ streamId: this.#streamId, metadataHead: SET_DATA_FRAME });
    events.push({ type: 'ready' });
  }

  #refused(info: AmfValue, events: RtmpClientEvent[]): void {
    this.#close(refusal(wordsOf(info)), events);
  }

  #end(events: RtmpClientEvent[]): void {
    this.#over();
    events.push({ type: 'end' });
  }

  #close(error: RoomcastError, events: RtmpClientEvent[]): void {
    this.#over();
    events.push({ type: 'close', error });
  }

  #over(): void {
    this.#state = 'over';
    this.#muxer = undefined;
  }

  #say(bytes: Uint8Array | undefined): void {
    if (bytes) this.#out.push(bytes);
  }
}

/** A server of ours puts a code of the error list in front of its words; any other has only said no, or that it is taken. */
function refusal({ code, description }: { code: string; description: string }): RoomcastError {
  const message = `The RTMP server refused: ${code} ${description}`.trim();
  const [word = ''] = description.split(':', 1);
  if (Object.hasOwn(errorCodes, word)) return new RoomcastError(word as ErrorCode, message);
  return new Denied(code === TAKEN ? 'already-publishing' : 'denied', message);
}

/** Where the server wants us to connect anew (Enhanced RTMP v2, Reconnect Request). */
function placeIn(info: AmfValue): { tcUrl?: string } {
  const tcUrl = isAmfObject(info) ? info['tcUrl'] : undefined;
  return typeof tcUrl === 'string' && tcUrl.length <= MAX_URL ? { tcUrl } : {};
}

function wordsOf(info: AmfValue): { level: string; code: string; description: string } {
  const object = isAmfObject(info) ? info : amfObject();
  const text = (name: string): string => {
    const value = object[name];
    return typeof value === 'string' ? value.slice(0, MAX_WORDS).replaceAll(CONTROLS, ' ') : '';
  };
  return { level: text('level'), code: text('code'), description: text('description') };
}
