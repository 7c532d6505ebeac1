/** A metric as Prometheus knows it: one name, and a series for each set of label values. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** One sentence, with the unit. */
  readonly help: string;
}

/** Paths that have a series of their own at once; all others share `other`, so that names cannot grow without end. */
export const MAX_PATHS = 200;

/** Every metric of ours. Those of the process come from Node beside them. */
export const families: Readonly<
  Record<
    | 'sessions'
    | 'bytes'
    | 'frames'
    | 'skips'
    | 'refused'
    | 'loopDelay'
    | 'streamBitrate'
    | 'beacons'
    | 'played'
    | 'stalled'
    | 'playerErrors',
    Family
  >
> = {
  sessions: {
    name: 'roomcast_sessions',
    type: 'gauge',
    labels: ['protocol', 'action'],
    help: 'Publishers and viewers that are connected now; action is publish or play.',
  },
  bytes: {
    name: 'roomcast_bytes_total',
    type: 'counter',
    labels: ['protocol', 'direction'],
    help: 'Bytes of sessions on the wire; direction is in or out, as the server sees it.',
  },
  frames: {
    name: 'roomcast_frames_total',
    type: 'counter',
    labels: ['kind'],
    help: 'Frames that publishers sent and streams took; kind is video, audio or data.',
  },
  skips: {
    name: 'roomcast_skips_total',
    type: 'counter',
    labels: ['protocol'],
    help: 'Times that a viewer was moved ahead because it was too slow.',
  },
  refused: {
    name: 'roomcast_refused_total',
    type: 'counter',
    labels: ['code'],
    help: 'Publishers and viewers that were refused, by error code.',
  },
  loopDelay: {
    name: 'roomcast_loop_delay_seconds',
    type: 'histogram',
    labels: [],
    help: 'How late timers ran, in seconds, looked at 20 times a second from the first scrape on.',
  },
  beacons: {
    name: 'roomcast_player_beacons_total',
    type: 'counter',
    labels: ['way'],
    help: 'Beacons that players of our page sent, by how they play.',
  },
  played: {
    name: 'roomcast_player_played_seconds_total',
    type: 'counter',
    labels: ['way'],
    help: 'Seconds that players of our page played, as they tell.',
  },
  stalled: {
    name: 'roomcast_player_stalled_seconds_total',
    type: 'counter',
    labels: ['way'],
    help: 'Seconds that players of our page stood still to load, as they tell.',
  },
  playerErrors: {
    name: 'roomcast_player_errors_total',
    type: 'counter',
    labels: ['code'],
    help: 'Times that players of our page lost their stream, as they tell, by why.',
  },
  streamBitrate: {
    name: 'roomcast_stream_bitrate',
    type: 'gauge',
    labels: ['path'],
    help: `Bit/s that come in for a stream that is on; at most ${MAX_PATHS} paths, the sum of all others is “other”.`,
  },
};
