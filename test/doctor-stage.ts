import type { Finding } from '../src/client/messages.ts';
import { Doctor } from '../src/features/doctor/doctor.ts';
import type { Authorize } from '../src/live/access.ts';
import type { Logger } from '../src/log.ts';
import type { Frame, Track } from '../src/media/frame.ts';
import { MILLISECOND, SECOND } from '../src/media/time.ts';
import { LiveStage, type StagePublisher } from './live-stage.ts';
import { audioTrack, frame, videoTrack } from './media.ts';

/** A frame and when it comes; µs from the start of the show. */
export interface Arrival {
  frame: Frame;
  at: number;
}

/** What an encoder sends. Default: a clean stream of 30 pictures a second, a key frame every 2 s, 2.4 Mbit/s, sound. */
export interface ShowOptions {
  /** Length in seconds. */
  seconds: number;
  fps?: number;
  /** Seconds from key frame to key frame, in turn. */
  gops?: readonly number[];
  /** Pictures in a row that are shown before the one sent before them. */
  bFrames?: number;
  video?: Track | false;
  audio?: Track | false;
  /** Bytes of a picture that is no key frame. */
  size?(second: number): number;
  /** Whether a picture is left out. */
  drops?(second: number, index: number): boolean;
  /** Seconds by which a frame of this second comes late. */
  late?(second: number): number;
  /** What the encoder's clock says at this second. */
  clock?(second: number): number;
  /** How fast the clock of the sound runs. */
  soundSpeed?: number;
  /** Seconds of a frame of sound by its own clock. Default: 1024 samples at 48 kHz. */
  soundFrame?: number;
  /** Seconds by which a frame of sound of this second comes later than the pictures beside it. */
  soundLate?(second: number): number;
  /** Whether a frame of sound is left out. */
  loses?(second: number): boolean;
  /** The time stamps of the sound come from the clock of the picture, and only its samples from its own. */
  soundStamps?: 'own' | 'picture';
}

const KEY_SIZE = 50_000;
const PICTURE_SIZE = 9000;
const SOUND_SIZE = 340;

/** The frames of a show in the order in which they come; time stamps are whole milliseconds, as in FLV. */
export function* show(options: ShowOptions): Iterable<Arrival> {
  const { seconds, late = () => 0, clock = (second) => second } = options;
  const lanes = [pictures(options), sounds(options)];
  const heads = lanes.map((lane) => lane.next());
  let last = 0;
  for (;;) {
    const times = heads.map((head) => (head.done ? Infinity : head.value.second));
    const lane = times[0]! <= times[1]! ? 0 : 1;
    const head = heads[lane]!;
    if (head.done || head.value.second >= seconds) return;
    const { second, stamp, make } = head.value;
    last = Math.max(last, Math.round((second + late(second)) * SECOND));
    yield { frame: make(Math.round(clock(stamp) * 1000)), at: last };
    heads[lane] = lanes[lane]!.next();
  }
}

interface Sent {
  /** When it is sent, and what its clock says then. */
  second: number;
  stamp: number;
  make(ms: number): Frame;
}

function* pictures(options: ShowOptions): Generator<Sent, void> {
  const { fps = 30, gops = [2], bFrames = 0, video = videoTrack(), size = () => PICTURE_SIZE, drops } = options;
  if (!video) return;
  let [next, turn] = [0, 0];
  for (let index = 0; ; index++) {
    const second = index / fps;
    const key = second >= next - 1e-6;
    if (key) next += gops[turn++ % gops.length]!;
    if (!key && drops?.(second, index)) continue;
    const cts = bFrames === 0 ? 0 : key ? 1 : index % (bFrames + 1) === 1 ? bFrames + 1 : 0;
    const bytes = key ? KEY_SIZE : Math.round(size(second));
    yield { second, stamp: second, make: (ms) => frame(video, ms, { key, size: bytes, cts: (cts * 1000) / fps }) };
  }
}

function* sounds(options: ShowOptions): Generator<Sent, void> {
  const {
    audio = audioTrack(),
    soundSpeed = 1,
    soundStamps = 'own',
    soundFrame = 1024 / 48_000,
    soundLate,
    loses,
  } = options;
  if (!audio) return;
  for (let index = 0; ; index++) {
    const second = (index * soundFrame) / soundSpeed;
    const stamp = soundStamps === 'own' ? index * soundFrame : second;
    if (loses?.(second)) continue;
    yield { second: second + (soundLate?.(second) ?? 0), stamp, make: (ms) => frame(audio, ms, { size: SOUND_SIZE }) };
  }
}

/** A line of the doctor's log. */
export interface DoctorLine {
  level: string;
  fields: { path?: string; code: string; values?: object };
}

/** What was found and when, seconds from the start of a show. */
export interface Course {
  /** Every code that was there at any time. */
  seen: Set<string>;
  /** When a code came first, and the last time at which it was there. */
  came: Map<string, number>;
  last: Map<string, number>;
  /** How often a code came. */
  times: Map<string, number>;
  findings: readonly Finding[];
}

export interface DoctorStageOptions {
  gate?: Authorize;
  /** Which paths are those of rooms. */
  isKnown?(path: string): boolean;
}

/** A doctor in virtual time. Every path under `live/` is a room, unless it is said. */
export class DoctorStage {
  readonly live: LiveStage;
  readonly log: DoctorLine[] = [];
  readonly changes: (string | undefined)[] = [];
  readonly doctor: Doctor;

  constructor({ gate, isKnown = (path) => path.startsWith('live/') }: DoctorStageOptions = {}) {
    this.live = new LiveStage(gate ? { gate } : {});
    const write =
      (level: string) =>
      (fields: object): void =>
        void this.log.push({ level, fields: fields as DoctorLine['fields'] });
    const log: Logger = {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: () => log,
    };
    const { hub, scheduler } = this.live;
    hub.nameable(isKnown);
    this.doctor = new Doctor({ hub, scheduler, log, isRoom: isKnown });
    this.doctor.onChange((path) => this.changes.push(path));
  }

  get findings(): readonly Finding[] {
    return this.doctor.findings('live/a');
  }

  get codes(): string[] {
    return this.findings.map(({ code }) => code);
  }

  /** Lets a publisher send a show, and looks twice a second. */
  play(by: StagePublisher, options: ShowOptions): Course {
    const { scheduler } = this.live;
    const start = scheduler.now();
    const course: Course = { seen: new Set(), came: new Map(), last: new Map(), times: new Map(), findings: [] };
    let before: string[] = [];
    const look = (): void => {
      const second = (scheduler.now() - start) / SECOND;
      const { codes } = this;
      for (const code of codes) {
        course.seen.add(code);
        if (!course.came.has(code)) course.came.set(code, second);
        if (!before.includes(code)) course.times.set(code, (course.times.get(code) ?? 0) + 1);
        course.last.set(code, second);
      }
      before = codes;
    };
    const stop = scheduler.every(SECOND / 2, look);
    for (const arrival of show(options)) {
      if (arrival.at > scheduler.now() - start) scheduler.advanceTo(start + arrival.at);
      by.publisher.write(arrival.frame);
    }
    scheduler.advanceTo(start + options.seconds * SECOND + 20 * MILLISECOND);
    look();
    stop();
    course.findings = this.findings;
    return course;
  }
}
