import type * as Prom from 'prom-client';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Hub } from '../../live/hub.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { PlayerCounts } from '../../plugin.ts';
import { families, type Family } from './families.ts';
import { PathLabels } from './path-labels.ts';
import { processMetrics } from './process-metrics.ts';
import type { Totals } from './totals.ts';

/** How often it is looked at how late a timer is: a stall of a tenth of a second, which players notice, is never missed. */
const LOOK = 50 * MILLISECOND;
/** Upper bounds in seconds, from what a timer is always late by to what drops every connection. */
const DELAYS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

export interface ExpositionOptions {
  totals: Totals;
  hub: Pick<Hub, 'streams'>;
  scheduler: Scheduler;
  /** What players tell. */
  players(): PlayerCounts | undefined;
}

/** A server's metrics as text, and the process's. Made when somebody first asks. */
export class Exposition {
  readonly #options: ExpositionOptions;
  readonly #registry: Registry;
  readonly #process: Registry;
  readonly #sessions: Gauge;
  readonly #bytes: Counter;
  readonly #frames: Counter;
  readonly #skips: Counter;
  readonly #refused: Counter;
  readonly #streamBitrate: Gauge;
  readonly #beacons: Counter;
  readonly #played: Counter;
  readonly #stalled: Counter;
  readonly #playerErrors: Counter;
  readonly #labels = new PathLabels();
  readonly #cancel: () => void;

  private constructor(prom: typeof Prom, options: ExpositionOptions) {
    const registry = new prom.Registry();
    const of = ({
      name,
      help,
      labels,
    }: Family): { name: string; help: string; labelNames: string[]; registers: Registry[] } => ({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
    });
    this.#options = options;
    this.#registry = registry;
    this.#sessions = new prom.Gauge(of(families.sessions));
    this.#bytes = new prom.Counter(of(families.bytes));
    this.#frames = new prom.Counter(of(families.frames));
    this.#skips = new prom.Counter(of(families.skips));
    this.#refused = new prom.Counter(of(families.refused));
    this.#streamBitrate = new prom.Gauge(of(families.streamBitrate));
    this.#beacons = new prom.Counter(of(families.beacons));
    this.#played = new prom.Counter(of(families.played));
    this.#stalled = new prom.Counter(of(families.stalled));
    this.#playerErrors = new prom.Counter(of(families.playerErrors));
    const delay = new prom.Histogram({ ...of(families.loopDelay), buckets: DELAYS });
    this.#cancel = watchDelay(delay, options.scheduler);
    this.#process = processMetrics(prom);
  }

  /** Loads the library only now: a start does not wait for it, and a server that nobody measures measures nothing. */
  static async open(options: ExpositionOptions): Promise<Exposition> {
    return new Exposition(await import('prom-client'), options);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text format of Prometheus, version 0.0.4. */
  async text(): Promise<string> {
    this.#fill();
    return (await this.#registry.metrics()) + (await this.#process.metrics());
  }

  close(): void {
    this.#cancel();
    this.#registry.clear();
  }

  #fill(): void {
    const { protocols, frames, refused } = this.#options.totals.read();
    for (const metric of [this.#sessions, this.#bytes, this.#frames, this.#skips, this.#refused]) metric.reset();
    for (const { protocol, sessions, traffic } of protocols) {
      for (const [action, count] of sessions) this.#sessions.set({ protocol, action }, count);
      this.#bytes.inc({ protocol, direction: 'in' }, traffic.in);
      this.#bytes.inc({ protocol, direction: 'out' }, traffic.out);
      if (sessions.has('play')) this.#skips.inc({ protocol }, traffic.skips);
    }
    for (const [kind, count] of Object.entries(frames)) this.#frames.inc({ kind }, count);
    for (const [code, count] of refused) this.#refused.inc({ code }, count);
    this.#fillBitrates();
    this.#fillPlayers();
  }

  #fillPlayers(): void {
    for (const metric of [this.#beacons, this.#played, this.#stalled, this.#playerErrors]) metric.reset();
    const { paths = [], errors = [] } = this.#options.players() ?? {};
    for (const [way, { beacons, played, stalled }] of paths) {
      this.#beacons.inc({ way }, beacons);
      this.#played.inc({ way }, played);
      this.#stalled.inc({ way }, stalled);
    }
    for (const [code, count] of errors) this.#playerErrors.inc({ code }, count);
  }

  #fillBitrates(): void {
    const { hub, scheduler } = this.#options;
    const now = scheduler.now();
    this.#streamBitrate.reset();
    for (const stream of hub.streams()) {
      if (stream.active) this.#streamBitrate.inc({ path: this.#labels.of(stream.path, now) }, stream.rates.bitRate);
    }
  }
}

/** Returns what stops it. */
function watchDelay(histogram: Histogram, scheduler: Scheduler): () => void {
  let due = scheduler.now() + LOOK;
  return scheduler.every(LOOK, () => {
    const now = scheduler.now();
    histogram.observe(Math.max(0, now - due) / SECOND);
    due = now + LOOK;
  });
}
