import { doubts } from './doubts.ts';
import type { Delay, FanoutResult } from './fanout.ts';
import type { HlsResult } from './hls.ts';
import type { Machine } from './machine.ts';
import { type Result, rows } from './rows.ts';
import { type Results, type Verdict, verdicts } from './targets.ts';

export interface Report {
  /** ISO 8601 */
  date: string;
  machine: Machine;
  options: { viewers: number; seconds: number; runs: number };
  results: Results;
  /** Rows that were not measured, with a word on why. */
  missing: ReadonlyMap<string, string>;
  /** Why a target was missed, written by a person, by the target's key. */
  notes: ReadonlyMap<string, string>;
}

/** Everything, for programs. */
export function jsonOf(report: Report): string {
  const { results, missing, notes, ...rest } = report;
  const parts = {
    ...rest,
    verdicts: verdicts(results),
    results: Object.fromEntries(results),
    missing: Object.fromEntries(missing),
    notes: Object.fromEntries(notes),
  };
  return `${JSON.stringify(parts, null, 1)}\n`;
}

/** Reads what `jsonOf` wrote. */
export function readReport(json: string): Report {
  const { results, missing, notes, ...rest } = JSON.parse(json) as Record<'results' | 'missing' | 'notes', object>;
  const parts = { results, missing, notes };
  const maps = Object.entries(parts).map(([name, part]) => [name, new Map(Object.entries(part))]);
  return { ...rest, ...Object.fromEntries(maps) } as Report;
}

/** The same for people: targets first, then the raw numbers of each run. */
export function markdownOf(report: Report): string {
  const { date, machine, options, results, missing, notes } = report;
  const sections = [
    `# Benchmark of ${date.slice(0, 10)}, ${machine.name}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel} · Node ${machine.node} · nginx ${machine.nginx} · ffmpeg ${machine.ffmpeg} · ${machine.network}`,
    `One publisher, 720p30, 2 Mbit/s, GOP 2 s. The server alone on one core, all else on another. ${options.viewers} viewers, windows of ${options.seconds} s, ${options.runs} interleaved runs. Absolute figures drift from hour to hour: compare only what stands in one table. A target's figure is the median of the runs that are to be trusted.`,
    '## Targets',
    table(
      ['work', 'target', 'figure', '', 'cause'],
      verdicts(results).map((verdict) => verdictCells(verdict, notes)),
    ),
    '## Fan-out',
    'Over TLS the load counts what it gets without opening it. CPU is µs of the server per viewer and second; delay is ms from the publisher’s write to the complete picture, p50/p99, of the viewer that came first and the one that came last; gap is the longest silence of any viewer, late the most that the publisher fell behind its clock. Load’s core is how busy the other core was, others what ran beside the server on its own.',
    table(
      [
        'row',
        'run',
        'viewers',
        'CPU',
        'core',
        'delivered',
        'worst',
        '< 99 %',
        'lost',
        'gap ms',
        'delay first',
        'delay last',
        'RSS MiB',
        'late ms',
        'load’s core',
        'others',
        'stolen',
        'cipher',
      ],
      rows.flatMap((row) => fanoutsOf(results, row.name).map((result, run) => fanoutCells(row.title, run, result))),
    ),
    '## HLS',
    'Each viewer has a connection for lists and one for media, and takes all that is listed. CPU as above. A list counts from when a picture after its newest part was published to its last byte at a viewer, spread from the first viewer that had it to each; without low latency, and of media, from asking to having. All in ms, p50/p99/most.',
    table(
      [
        'row',
        'run',
        'viewers',
        'CPU',
        'core',
        'requests/s',
        'delivered',
        'list',
        'spread',
        'media',
        'missed',
        'lost',
        'RSS MiB',
        'late ms',
        'load’s core',
        'others',
        'stolen',
      ],
      rows.flatMap((row) => hlsOf(results, row.name).map((result, run) => hlsCells(row.title, run, result))),
    ),
    '## Others',
    '```json',
    ...rows.flatMap((row) =>
      othersOf(results, row.name).map((result) => `${row.name}: ${JSON.stringify(result, rounded)}`),
    ),
    '```',
    ...doubtful(results),
    ...[...missing].map(([name, reason]) => `Not measured: ${name}, because ${reason}.`),
  ];
  return `${sections.join('\n\n').replaceAll('```json\n\n', '```json\n').replaceAll('\n\n```', '\n```')}\n`;
}

/** One line about a result, for the terminal. */
export function lineOf(result: Result): string {
  if (!('cpuPerViewer' in result)) {
    const found = 'hlsPerViewer' in result ? doubts(result) : [];
    return [JSON.stringify(result, rounded), ...found].join('; ');
  }
  const { cpuPerViewer, serverLoad, generatorLoad, delivered, below, lost, delay, cipher } = result;
  const delays = `delay ${delay.first.p50.toFixed(1)}/${delay.first.p99.toFixed(1)} ${delay.last.p50.toFixed(1)}/${delay.last.p99.toFixed(1)} ms`;
  const line = `${cpuPerViewer.toFixed(0)} µs, core ${percent(serverLoad)}, load ${percent(generatorLoad)}, delivered ${percent(delivered.worst)}, below ${below}, lost ${lost}, ${delays}${cipher === undefined ? '' : `, ${cipher}`}`;
  return [line, ...doubts(result)].join('; ');
}

function verdictCells({ key, work, target, figure, met }: Verdict, notes: Report['notes']): string[] {
  const verdict = met === undefined ? '' : met ? 'met' : '**missed**';
  return [work, target, figure ?? 'not measured', verdict, notes.get(key) ?? ''];
}

function fanoutCells(title: string, run: number, result: FanoutResult): string[] {
  const { delay, delivered, memory } = result;
  return [
    title,
    String(run + 1),
    String(result.viewers),
    result.cpuPerViewer.toFixed(0),
    percent(result.serverLoad),
    percent(delivered.mean),
    percent(delivered.worst),
    String(result.below),
    String(result.lost),
    result.silence.toFixed(0),
    `${delay.first.p50.toFixed(1)} / ${delay.first.p99.toFixed(1)}`,
    `${delay.last.p50.toFixed(1)} / ${delay.last.p99.toFixed(1)}`,
    (memory.full / 2 ** 20).toFixed(0),
    result.late.toFixed(0),
    percent(result.generatorLoad),
    percent(result.others),
    percent(result.stolen),
    result.cipher ?? '',
  ];
}

function hlsCells(title: string, run: number, result: HlsResult): string[] {
  const { release, spread, media, memory } = result;
  return [
    title,
    String(run + 1),
    String(result.viewers),
    result.hlsPerViewer.toFixed(0),
    percent(result.serverLoad),
    result.requests.toFixed(0),
    percent(result.delivered),
    delayCell(release),
    spread ? delayCell(spread) : '',
    delayCell(media),
    String(result.missed),
    String(result.lost),
    (memory.full / 2 ** 20).toFixed(0),
    result.late.toFixed(0),
    percent(result.generatorLoad),
    percent(result.others),
    percent(result.stolen),
  ];
}

function delayCell({ p50, p99, max }: Delay): string {
  return [p50, p99, max].map((ms) => ms.toFixed(1)).join(' / ');
}

function doubtful(results: Results): string[] {
  const lines = rows.flatMap(({ name, title }) =>
    [...fanoutsOf(results, name), ...hlsOf(results, name)].flatMap((result, run) => {
      const found = doubts(result);
      return found.length > 0 ? [`- ${title}, run ${run + 1}: ${found.join('; ')}`] : [];
    }),
  );
  return lines.length > 0 ? ['## Not to be trusted', lines.join('\n')] : [];
}

function fanoutsOf(results: Results, name: string): FanoutResult[] {
  return (results.get(name) ?? []).filter((result): result is FanoutResult => 'cpuPerViewer' in result);
}

function hlsOf(results: Results, name: string): HlsResult[] {
  return (results.get(name) ?? []).filter((result): result is HlsResult => 'hlsPerViewer' in result);
}

function othersOf(results: Results, name: string): Result[] {
  return (results.get(name) ?? []).filter((result) => !('cpuPerViewer' in result || 'hlsPerViewer' in result));
}

function table(head: string[], body: string[][]): string {
  const lines = [head, head.map(() => '---'), ...body];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  const scale = Math.abs(value) < 10 ? 1000 : 10;
  return Math.round(value * scale) / scale;
}
