import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Names of rows; empty for all. */
  rows: readonly string[];
  /** A row may have fewer, as its title says; of requests that wait there are ten times as many, 10 000 at most. */
  viewers: number;
  /** Length of each measured window. */
  seconds: number;
  /** How often each row of fan-out and HLS is measured; the rows of one run follow one another. */
  runs: number;
  /** Share the machine's network instead of a private one. */
  hostNetwork: boolean;
  /** Folder for CPU profiles of the server under test. */
  profile: string | undefined;
  /** A result to write anew instead of measuring: path of its JSON. */
  report: string | undefined;
  /** Why targets were missed, by their keys, to add to that result. */
  notes: ReadonlyMap<string, string>;
}

export const usage = `npm run bench -- [OPTIONS]
  --rows NAMES      only these rows, comma-separated (npm run bench -- --list names them)
  --viewers N       viewers of the fan-out and HLS rows (1000; LL-HLS has at most 500), a tenth of the requests that wait
  --seconds S       length of each measured window (10)
  --runs K          interleaved runs of the fan-out and HLS rows (4)
  --host-network    measure on the machine's own loopback, not in a private network
  --profile DIR     write a CPU profile of roomcast per row into DIR (figures are then too high)
  --report FILE     measure nothing, write the tables of a result (…/DATE-MACHINE.json) anew
  --note KEY=TEXT   with --report: why a target was missed; more than one may be given
  --list            name the rows and the keys of targets`;

/** Reads the command line. Returns undefined for `--help` and `--list`; throws a sentence for what it does not take. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '' },
      viewers: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '10' },
      runs: { type: 'string', default: '4' },
      'host-network': { type: 'boolean', default: false },
      profile: { type: 'string' },
      report: { type: 'string' },
      note: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.list) return undefined;
  return {
    rows: values.rows === '' ? [] : values.rows.split(','),
    viewers: positive('viewers', values.viewers),
    seconds: positive('seconds', values.seconds),
    runs: positive('runs', values.runs),
    hostNetwork: values['host-network'],
    profile: values.profile,
    report: values.report,
    notes: new Map(values.note.map(noteOf)),
  };
}

function noteOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Error(`--note takes KEY=TEXT, not “${text}”.`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} takes a whole number above 0, not “${text}”.`);
}
