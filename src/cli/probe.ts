import { probe as look, type ProbeReport } from '../probe/probe.ts';
import type { ProbeTrack } from '../probe/census.ts';
import type { CommandContext } from './command-context.ts';
import { bitRateInWords, clockTime } from './duration.ts';

/** `roomcast probe FILE|URL [--json]` */
export async function probe({ effective, stdout, stderr, signals }: CommandContext): Promise<number> {
  const leaving = new AbortController();
  signals(() => leaving.abort());
  const { unsupported = [], ...report } = await look(effective.positionals[0]!, { signal: leaving.signal });
  stdout.write(effective.flags.has('json') ? `${JSON.stringify(report, undefined, 2)}\n` : table(report));
  for (const codec of unsupported) stderr.write(`A track cannot be read: ${codec}.\n`);
  return 0;
}

/** The same for people: one line for the whole, and one for each track. */
export function table({ format, duration, bitRate, tracks }: ProbeReport): string {
  const head = [
    format,
    ...(duration === undefined ? [] : [`${clockTime(duration)} (${duration} s)`]),
    ...(bitRate === undefined ? [] : [bitRateInWords(bitRate)]),
  ];
  const rows = [['track', 'kind', 'codec', 'codecs', 'format', 'rate', 'GOP'], ...tracks.map(cells)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
  return [head.join(' · '), ...lines.map((line) => line.trimEnd()), ''].join('\n');
}

function cells(track: ProbeTrack): string[] {
  const { id, kind, codec, codecs, width, height, frameRate, sampleRate, channels, bitRate, gop } = track;
  const format = [
    ...(width === undefined ? [] : [`${width}×${height}`]),
    ...(frameRate === undefined ? [] : [`${frameRate} fps`]),
    ...(sampleRate === undefined ? [] : [`${sampleRate} Hz`]),
    ...(channels === undefined ? [] : [`${channels} ch`]),
  ];
  return [
    String(id),
    kind,
    codec,
    codecs ?? '–',
    format.join(' ') || '–',
    bitRate === undefined ? '–' : bitRateInWords(bitRate),
    gop === undefined ? '–' : `${gop} s`,
  ];
}
