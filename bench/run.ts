/** `npm run bench`: measures the server beside what is possible and beside another one, and writes the figures down. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workFolder } from './clip.ts';
import { describeMachine } from './machine.ts';
import { isInside, runInside } from './network.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { installPeers } from './peer.ts';
import { jsonOf, lineOf, markdownOf, readReport, type Report } from './report.ts';
import { peerRows, type Result, type Row, rows } from './rows.ts';
import { isDoubtful, verdicts } from './targets.ts';

const results = new Map<string, Result[]>();
const missing = new Map<string, string>();

const options = readOptions(process.argv.slice(2));
if (!options) {
  const keys = verdicts(new Map()).map(({ key, work }) => `  ${key.padEnd(28)} ${work}`);
  say([usage, '', 'Rows:', ...rows.map(({ name, title }) => `  ${name.padEnd(28)} ${title}`), '', 'Targets:', ...keys]);
} else if (options.report !== undefined) {
  writeAnew(options.report, options.notes);
} else if (isInside()) {
  await bench(options);
} else {
  // Here, because inside there is no network but the private one.
  if (choose(options.rows).some(({ name }) => peerRows.has(name))) installPeers();
  process.exitCode = runInside(options.hostNetwork);
}

async function bench(chosen: BenchOptions): Promise<void> {
  const wanted = choose(chosen.rows);
  for (let run = 1; run <= chosen.runs; run++) {
    for (const row of wanted) if (row.interleaved) await measure(row, `run ${run} of ${chosen.runs}`);
  }
  // Other guests of the host come and go: a row of which no run can be trusted gets as many runs again.
  for (let run = 1; run <= chosen.runs; run++) {
    for (const row of wanted) if (row.interleaved && isDoubtful(results, row.name)) await measure(row, `again, ${run}`);
  }
  for (const row of wanted) if (!row.interleaved) await measure(row, 'once');
  write(chosen);

  async function measure(row: Row, when: string): Promise<void> {
    const reason = row.missing?.();
    if (reason) {
      missing.set(row.name, reason);
      return;
    }
    process.stderr.write(`${when}: ${row.title} … `);
    try {
      const result = await row.measure(chosen);
      results.set(row.name, [...(results.get(row.name) ?? []), result]);
      process.stderr.write(`${lineOf(result)}\n`);
    } catch (error) {
      const text = plain(error instanceof Error ? error.message : String(error));
      missing.set(row.name, text);
      process.stderr.write(`failed: ${text}\n`);
    }
  }
}

/** Without the paths of this machine, because it may be kept. */
function plain(text: string): string {
  return text.replaceAll(fileURLToPath(new URL('..', import.meta.url)), '').replaceAll(workFolder, '…');
}

function choose(names: readonly string[]): readonly Row[] {
  for (const name of names)
    if (!rows.some((row) => row.name === name)) throw new Error(`There is no row “${name}”.\n${usage}`);
  return names.length === 0 ? rows : rows.filter((row) => names.includes(row.name));
}

/** Whole runs are kept in the repository; a part of the rows is nothing to compare with later. */
function write(chosen: BenchOptions): void {
  const { viewers, seconds, runs } = chosen;
  const date = new Date().toISOString();
  const machine = describeMachine();
  const whole = chosen.rows.length === 0 && chosen.profile === undefined;
  const folder = whole ? fileURLToPath(new URL('results', import.meta.url)) : workFolder;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${date.slice(0, 10)}-${machine.name}`);
  save(path, { date, machine, options: { viewers, seconds, runs }, results, missing, notes: new Map() });
}

function writeAnew(file: string, notes: ReadonlyMap<string, string>): void {
  const report = readReport(readFileSync(file, 'utf8'));
  const keys = verdicts(report.results).map(({ key }) => key);
  for (const key of notes.keys()) if (!keys.includes(key)) throw new Error(`There is no target “${key}”.\n${usage}`);
  save(file.replace(/\.json$/, ''), { ...report, notes: new Map([...report.notes, ...notes]) });
}

function save(path: string, report: Report): void {
  writeFileSync(`${path}.json`, jsonOf(report));
  writeFileSync(`${path}.md`, markdownOf(report));
  say([markdownOf(report), `Written to ${path}.md and .json`]);
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
