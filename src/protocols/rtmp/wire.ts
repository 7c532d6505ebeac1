import { type AmfLimits, type AmfValue, decodeAmf0, decodeAmf3Command } from '../../containers/amf/index.ts';
import type { MediaEvent, Unsupported } from '../../containers/demuxer.ts';
import { FlvTagDecoder, type FlvTagDecoderOptions, tagType } from '../../containers/flv/index.ts';
import { ProtocolError, type RoomcastError, toRoomcastError } from '../../errors.ts';
import type { Codec, EndReason } from '../../media/frame.ts';
import { Acknowledger } from './acknowledger.ts';
import type { Asked } from './address.ts';
import { type ChunkLimits, ChunkReader } from './chunk-reader.ts';
import { Commands, type CommandEvent } from './commands.ts';
import { type HandshakeTools, ServerHandshake } from './handshake.ts';
import { controlEvent, type Message, messageType, splitAggregate, userControl } from './message.ts';
import {
  control,
  inWords,
  playing,
  playOver,
  playRefused,
  publishOver,
  publishRefused,
  reconnectRequest,
  status,
  trackMissing,
} from './replies.ts';

/** What a peer wants or sends. After `publish` or `play` the wire reads on only when it was answered. */
export type RtmpEvent =
  | { type: 'publish' | 'play'; asked: Asked; agent: string | undefined }
  | MediaEvent
  /** A clean end from the peer's side. It may ask for something else on the same connection. */
  | { type: 'leave' }
  | { type: 'pause'; on: boolean }
  /** The connection is over once `toSend()` is written. The error has the code `internal` for a fault of our own. */
  | { type: 'close'; error: RoomcastError };

export interface WireOptions extends HandshakeTools {
  /** Before publishing is allowed, and after. */
  early: ChunkLimits;
  limits: ChunkLimits;
  amf: AmfLimits;
  tags: FlvTagDecoderOptions;
  /** µs until publishing or playing, and the longest silence until then. */
  handshakeTime: number;
  handshakeIdle: number;
  /** µs without media after which a publisher is lost. */
  publisherSilence: number;
  /** Monotonic µs at which the connection came. */
  now: number;
}

type State = 'open' | 'asking' | 'publishing' | 'playing' | 'over';

const NOTHING = new Uint8Array(0);
const NONE: readonly Uint8Array[] = [];

/** The server's side of one RTMP connection: bytes and time in, events and bytes out. */
export class RtmpWire {
  readonly #options: WireOptions;
  readonly #chunks: ChunkReader;
  readonly #commands = new Commands();
  readonly #acknowledger = new Acknowledger();
  /** Until it is done. */
  #handshake: ServerHandshake | undefined;
  #decoder: FlvTagDecoder | undefined;
  #state: State = 'open';
  #asked: 'publish' | 'play' = 'play';
  /** What came while the question was open. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  readonly #out: Uint8Array[] = [];
  /** Since when the peer may ask, when it was heard last, and when media came last; µs. */
  #since: number;
  #heard: number;
  #media = 0;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#handshake = new ServerHandshake(options);
    this.#chunks = new ChunkReader(options.early);
    this.#since = options.now;
    this.#heard = options.now;
  }

  get state(): State {
    return this.#state;
  }

  /** Codecs beyond those of plain RTMP that the peer reads. */
  get reads(): ReadonlySet<Codec> {
    return this.#commands.announced.codecs;
  }

  /** Codecs that came and cannot be carried. */
  get unsupported(): readonly Unsupported[] {
    return this.#decoder?.unsupported ?? [];
  }

  /** Frames of this publisher that were damaged or came before their config, and so were lost. */
  get damaged(): number {
    return this.#decoder?.damaged ?? 0;
  }

  /** Never throws: what the peer does wrong ends in a `close` event. `bytes` must not change afterwards. */
  receive(bytes: Uint8Array, now: number): RtmpEvent[] {
    if (this.#state === 'over') return [];
    this.#heard = now;
    return this.#guarded((events) => {
      this.#say(this.#acknowledger.received(bytes.length));
      this.#read(this.#handshake ? this.#greet(this.#handshake, bytes) : bytes, now, events);
    });
  }

  /** Answers the `publish` or `play` that was asked, and reads on. */
  accept(now: number): RtmpEvent[] {
    if (this.#state !== 'asking') return [];
    if (this.#asked === 'publish') {
      this.#state = 'publishing';
      this.#media = now;
      this.#decoder = new FlvTagDecoder(this.#options.tags);
      this.#chunks.limits = this.#options.limits;
      this.#say(status('status', 'NetStream.Publish.Start', 'Publishing.'));
    } else {
      this.#state = 'playing';
      this.#out.push(...playing());
    }
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return this.#guarded((events) => {
      for (const bytes of [NOTHING, ...held]) this.#read(bytes, now, events);
    });
  }

  /** Refuses what was asked; the connection ends. */
  reject(error: RoomcastError): void {
    if (this.#state !== 'asking') return;
    this.#say(this.#asked === 'publish' ? publishRefused(error) : playRefused(error));
    this.#over();
  }

  /** Tells a player of a track that it goes without. */
  miss(error: RoomcastError): void {
    if (this.#state === 'playing') this.#say(trackMissing(error));
  }

  /**
   * The server ends the session. True when the peer was asked to come back by itself: it goes when it is ready to, and
   * nothing it sends matters any more.
   */
  finish(reason: EndReason, error?: RoomcastError): boolean {
    const serves = this.#state === 'publishing' || this.#state === 'playing';
    const away = reason === 'shutdown' && serves && this.#commands.announced.reconnects;
    if (away) this.#say(reconnectRequest());
    if (this.#state === 'playing') this.#out.push(...playOver(reason === 'shutdown' ? undefined : error));
    else if (this.#state === 'publishing' && !away) this.#say(publishOver(reason, error));
    else if (this.#state === 'asking' && error) this.reject(error);
    this.#over();
    return away;
  }

  /** Bytes to write now. */
  toSend(): readonly Uint8Array[] {
    return this.#out.length === 0 ? NONE : this.#out.splice(0);
  }

  /** When `tick` must be called next, monotonic µs; undefined when nothing is waited for. */
  deadline(): number | undefined {
    const { handshakeTime, handshakeIdle, publisherSilence } = this.#options;
    if (this.#state === 'open') return Math.min(this.#since + handshakeTime, this.#heard + handshakeIdle);
    return this.#state === 'publishing' ? this.#media + publisherSilence : undefined;
  }

  tick(now: number): RtmpEvent[] {
    const deadline = this.deadline();
    if (deadline === undefined || now < deadline) return [];
    const words =
      this.#state === 'publishing'
        ? 'The publisher sent no media for too long.'
        : 'The peer asked for nothing in time.';
    return this.#guarded(() => {
      throw new ProtocolError(words, 'time-out');
    });
  }

  /** What came before an error still counts. */
  #guarded(run: (events: RtmpEvent[]) => void): RtmpEvent[] {
    const events: RtmpEvent[] = [];
    try {
      run(events);
    } catch (thrown) {
      const error = toRoomcastError(thrown);
      if (this.#state === 'publishing') this.#say(status('error', 'NetStream.Publish.Failed', inWords(error)));
      this.#over();
      events.push({ type: 'close', error });
    }
    return events;
  }

  #greet(handshake: ServerHandshake, bytes: Uint8Array): Uint8Array {
    const { send, rest } = handshake.push(bytes);
    if (send.length > 0) this.#say(send);
    if (rest) this.#handshake = undefined;
    return rest ?? NOTHING;
  }

  #read(bytes: Uint8Array, now: number, events: RtmpEvent[]): void {
    if (this.#state === 'asking') {
      this.#hold(bytes);
      return;
    }
    this.#chunks.push(bytes);
    while (this.#listens()) {
      const message = this.#chunks.next(now);
      if (!message) return;
      this.#message(message, now, events);
    }
  }

  #listens(): boolean {
    return this.#state !== 'asking' && this.#state !== 'over';
  }

  #hold(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#options.early.partial) {
      throw new ProtocolError('The peer sent too much before its request was answered.', 'limit-exceeded');
    }
    this.#held.push(bytes);
  }

  #message(message: Message, now: number, events: RtmpEvent[]): void {
    const { type, body } = message;
    switch (type) {
      case messageType.audio:
      case messageType.video:
        this.#tag(type, message, now, events);
        return;
      case messageType.data:
        this.#tag(tagType.script, message, now, events);
        return;
      case messageType.dataAmf3:
        this.#tag(tagType.script, { ...message, body: body.subarray(body[0] === 0 ? 1 : 0) }, now, events);
        return;
      case messageType.command:
        this.#command(decodeAmf0(body, this.#options.amf), now, events);
        return;
      case messageType.commandAmf3:
        this.#command(decodeAmf3Command(body, this.#options.amf), now, events);
        return;
      case messageType.aggregate:
        for (const part of splitAggregate(message)) this.#message(part, now, events);
        return;
      case messageType.userControl:
        this.#control(body);
        return;
      case messageType.windowSize:
        this.#acknowledger.window(body);
        return;
      case messageType.peerBandwidth:
        this.#say(this.#acknowledger.bandwidth(body));
        return;
      default: // acknowledgements, shared objects and what is unknown ask for nothing
    }
  }

  #tag(type: 8 | 9 | 18, message: Message, now: number, events: RtmpEvent[]): void {
    if (this.#state !== 'publishing') return;
    if (type !== tagType.script) this.#media = now;
    for (const event of this.#decoder!.decode(type, message.timestamp, message.body)) events.push(event);
  }

  #control(body: Uint8Array): void {
    if (body.length < 6 || body[0] !== 0 || body[1] !== controlEvent.ping) return;
    const view = new DataView(body.buffer, body.byteOffset);
    this.#say(control(messageType.userControl, userControl(controlEvent.pong, view.getUint32(2))));
  }

  #command(values: AmfValue[], now: number, events: RtmpEvent[]): void {
    const state = this.#state;
    if (state === 'asking' || state === 'over') return;
    const { replies, event } = this.#commands.run(values, state);
    this.#out.push(...replies);
    if (event) this.#obey(event, now, events);
  }

  #obey(event: CommandEvent, now: number, events: RtmpEvent[]): void {
    if (event.type === 'publish' || event.type === 'play') {
      this.#asked = event.type;
      this.#state = 'asking';
    } else if (event.type === 'leave') {
      this.#state = 'open';
      this.#since = now;
      this.#decoder = undefined;
      this.#chunks.limits = this.#options.early;
    }
    events.push(event);
  }

  #say(bytes: Uint8Array | undefined): void {
    if (bytes) this.#out.push(bytes);
  }

  #over(): void {
    this.#state = 'over';
    this.#held = [];
  }
}
