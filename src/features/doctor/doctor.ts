import type { Finding, FindingCode } from '../../client/messages.ts';
import { Events } from '../../live/events.ts';
import type { Hub, HubEvents } from '../../live/hub.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Session } from '../../live/session.ts';
import type { Stream } from '../../live/stream.ts';
import type { Logger } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import type { DoctorService } from '../../plugin.ts';
import { Examination } from './examination.ts';
import { inOrder } from './patience.ts';
import { RefusedKeys } from './refused-keys.ts';
import { thresholds } from './thresholds.ts';

/** How often verdicts are passed. */
const ROUND = SECOND;

export interface DoctorOptions {
  hub: Hub;
  scheduler: Scheduler;
  log: Logger;
  /** Whether a path is that of a room. */
  isRoom(path: string): boolean;
}

interface Patient {
  stream: Stream;
  examination: Examination;
  leave: () => void;
}

/** Examines every stream while it is on, and remembers who knocked with a wrong key. */
export class Doctor implements DoctorService {
  readonly #options: DoctorOptions;
  readonly #patients = new Map<string, Patient>();
  readonly #keys = new RefusedKeys();
  readonly #events: Events<{ changed: string | undefined }>;
  readonly #stop: (() => void)[];
  #cancel: (() => void) | undefined;

  constructor(options: DoctorOptions) {
    this.#options = options;
    const { hub, log } = options;
    this.#events = new Events((error) => log.error({ err: error }, 'a listener of findings failed'));
    this.#stop = [
      hub.events.on('stream', (stream) => this.#turn(stream)),
      hub.events.on('refused', (refusal) => this.#refused(refusal)),
      hub.events.on('session-start', (session) => this.#admitted(session)),
    ];
  }

  findings(path: string): readonly Finding[] {
    const found = this.#patients.get(path)?.examination.findings ?? [];
    const key = this.#keyFinding(path);
    return key ? inOrder([...found, key]) : found;
  }

  onChange(listener: (path: string | undefined) => void): () => void {
    return this.#events.on('changed', listener);
  }

  close(): void {
    for (const stop of this.#stop) stop();
    for (const { leave } of this.#patients.values()) leave();
    this.#patients.clear();
    this.#cancel?.();
  }

  #turn(stream: Stream): void {
    const patient = this.#patients.get(stream.path);
    if (stream.active && patient?.stream !== stream) this.#admit(stream);
    else if (!stream.active && patient?.stream === stream) this.#discharge(patient);
  }

  #admit(stream: Stream): void {
    const old = this.#patients.get(stream.path);
    if (old) this.#discharge(old);
    const examination = new Examination(this.#options.scheduler);
    this.#patients.set(stream.path, { stream, examination, leave: stream.watch(examination) });
    this.#goRounds();
  }

  #discharge({ stream: { path }, examination, leave }: Patient): void {
    leave();
    this.#patients.delete(path);
    for (const { code } of examination.findings) {
      this.#options.log.info({ path, code, over: true }, 'this finding is over, and so is the broadcast');
    }
    if (examination.findings.length > 0) this.#events.emit('changed', path);
  }

  #refused({ action, path, error }: HubEvents['refused']): void {
    if (action !== 'publish' || error.code !== 'wrong-key') return;
    const { scheduler } = this.#options;
    const isNew = !this.#keys.has(path);
    this.#keys.note(path, scheduler.now());
    if (isNew) this.#sayRefused(path);
    this.#events.emit('changed', path);
    this.#goRounds();
  }

  #admitted({ action, path, grant }: Session): void {
    if (action !== 'publish' || grant.keyId === undefined || !this.#keys.any) return;
    for (const known of [path, undefined]) if (this.#keys.has(known)) this.#unsay(known, 'key-refused');
    this.#keys.forgive(path);
    this.#events.emit('changed', undefined);
  }

  #goRounds(): void {
    this.#cancel ??= this.#options.scheduler.every(ROUND, () => this.#round());
  }

  #round(): void {
    for (const [path, { stream, examination }] of this.#patients) {
      // Nothing comes while the publisher is waited for; what was found stays until somebody can tell again.
      if (stream.state === 'waiting') continue;
      const { came, went, changed } = examination.judge();
      for (const finding of came) this.#say(path, finding);
      for (const code of went) this.#unsay(path, code);
      if (changed) this.#events.emit('changed', path);
    }
    for (const path of this.#keys.age(this.#options.scheduler.now())) {
      this.#unsay(path, 'key-refused');
      this.#events.emit('changed', path);
    }
    if (this.#patients.size > 0 || this.#keys.any) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #keyFinding(path: string): Finding | undefined {
    const { hub, scheduler, isRoom } = this.#options;
    if (!this.#keys.any || !isRoom(path)) return undefined;
    // One who has the right key already did not try with a wrong one; a demo is nobody.
    const nameless = (hub.publisher(path)?.priority ?? -1) < 0;
    const verdict = this.#keys.verdict(path, { nameless, now: scheduler.now() });
    if (typeof verdict !== 'object') return undefined;
    return { code: 'key-refused', severity: thresholds['key-refused'].severity, values: verdict };
  }

  #say(path: string, { code, severity, values }: Finding): void {
    this.#options.log[severity === 'info' ? 'info' : 'warn']({ path, code, values }, thresholds[code].meaning);
  }

  /** Those that named no room are told of once, although every room without a publisher has the finding. */
  #sayRefused(path: string | undefined): void {
    if (path === undefined) {
      const { meaning } = thresholds['key-refused'];
      this.#options.log.warn({ code: 'key-refused' }, meaning);
      return;
    }
    const finding = this.#keyFinding(path);
    if (finding) this.#say(path, finding);
  }

  #unsay(path: string | undefined, code: FindingCode): void {
    // Told apart from its coming: lines of one code are one kind, and may be counted instead of said.
    this.#options.log.info({ ...(path === undefined ? {} : { path }), code, over: true }, 'this finding is over');
  }
}
