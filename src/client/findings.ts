/** What the doctor can find, in the order in which it is told. What each means is in `docs/reference/findings.md`. */
export type FindingCode =
  | 'gop-long'
  | 'gop-irregular'
  | 'frame-rate-variable'
  | 'bit-rate-unstable'
  | 'bit-rate-high'
  | 'audio-missing'
  | 'video-missing'
  | 'b-frames'
  | 'key-refused'
  | 'clock-drift'
  | 'codec-unplayable'
  | 'timestamps-jump';

/** Something about a stream that could be better. There is one of each code at most. */
export interface Finding {
  code: FindingCode;
  severity: 'info' | 'warn' | 'bad';
  /** What was measured: numbers, or short words. */
  values: Readonly<Record<string, number | string>>;
}
