import type { Kind } from '../../media/frame.ts';
import { AudioLane } from './audio-lane.ts';
import { DataLane } from './data-lane.ts';
import type { Findings } from '../findings.ts';
import { LaneTimes } from './lane-times.ts';
import { type Lane, PesReader } from './pes-reader.ts';
import type { ElementaryStream } from './program-map.ts';
import { kindOf, type StreamKind } from './stream-kind.ts';
import { TsClock } from './ts-clock.ts';
import { VideoLane } from './video-lane.ts';

/** Track ids: the first of each kind, captions of the first picture, and where those of further tracks begin. */
export const tsTrackId = { video: 1, audio: 2, data: 3, captions: 4, further: 0x100 } as const;

interface Stream {
  id: number;
  kind: Kind;
  /** What its lane was made for. */
  name: string;
  reader: PesReader;
}

/** The elementary streams of the program that is read, by PID. */
export class Program {
  readonly #found: Findings;
  readonly #clock = new TsClock();
  readonly #streams = new Map<number, Stream>();
  readonly #ids = new Set<number>();

  constructor(found: Findings) {
    this.#found = found;
  }

  /** What reads a PID; undefined for one that is not of the program, or nothing that can be read. */
  readerOf(pid: number): PesReader | undefined {
    return this.#streams.get(pid)?.reader;
  }

  get kinds(): ReadonlyMap<number, { kind: Kind }> {
    return this.#streams;
  }

  /** Puts the streams of a PMT in the place of those before. What stays as it was goes on. */
  set(streams: readonly ElementaryStream[]): void {
    const listed = new Set(streams.map(({ pid }) => pid));
    for (const pid of [...this.#streams.keys()]) if (!listed.has(pid)) this.#remove(pid);
    for (const stream of streams) {
      const kind = kindOf(stream);
      if (kind && 'kind' in kind) this.#put(stream.pid, kind);
      else {
        this.#remove(stream.pid);
        if (kind) this.#found.leaveOut(kind.unsupported.kind, kind.unsupported.codec);
      }
    }
  }

  /** Nothing follows. */
  end(): void {
    for (const { reader } of this.#streams.values()) reader.end();
  }

  #put(pid: number, of: Exclude<StreamKind, undefined | { unsupported: unknown }>): void {
    const before = this.#streams.get(pid);
    const name = nameOf(of);
    if (before?.name === name) return;
    if (before) {
      before.reader.end();
      if (before.kind !== of.kind) this.#ids.delete(before.id);
    }
    const id = before?.kind === of.kind ? before.id : this.#freeId(of.kind);
    this.#ids.add(id);
    const lane = this.#laneOf(id, of);
    const encrypted = (): void => this.#found.leaveOut(of.kind, 'encrypted MPEG-TS');
    this.#streams.set(pid, { id, kind: of.kind, name, reader: new PesReader(lane, encrypted) });
  }

  #remove(pid: number): void {
    const stream = this.#streams.get(pid);
    if (!stream) return;
    stream.reader.end();
    this.#ids.delete(stream.id);
    this.#streams.delete(pid);
  }

  #freeId(kind: Kind): number {
    if (!this.#ids.has(tsTrackId[kind])) return tsTrackId[kind];
    let id: number = tsTrackId.further;
    while (this.#ids.has(id)) id++;
    return id;
  }

  #laneOf(id: number, of: Exclude<StreamKind, undefined | { unsupported: unknown }>): Lane {
    const shared = { id, found: this.#found, times: new LaneTimes(this.#clock) };
    if (of.kind === 'audio') return new AudioLane({ ...shared, form: of.form, config: of.config });
    if (of.kind === 'data') return new DataLane({ ...shared, codec: of.codec });
    const captions = id === tsTrackId.video ? tsTrackId.captions : undefined;
    return new VideoLane({ ...shared, codec: of.codec, captions });
  }
}

/** Differs where another lane is needed. */
function nameOf(of: Exclude<StreamKind, undefined | { unsupported: unknown }>): string {
  return of.kind === 'audio' ? [of.form, ...(of.config ?? [])].join() : of.codec;
}
