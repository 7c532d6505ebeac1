/** `npm run bench`: measures the server beside what is possible and beside another one, and writes the figures down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeClip, workFolder } from './clip.ts';
import { describeMachine } from './machine.ts';
import { isInside, runInside } from './network.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { jsonOf, lineOf, markdownOf } from './report.ts';
import { type Result, type Row, rows } from './rows.ts';

const results = new Map<string, Result[]>();
const missing = new Map<string, string>();

const options = readOptions(process.argv.slice(2));
if (!options) {
  say([usage, '', 'Rows:', ...rows.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`)].join('\n'));
} else if (isInside()) {
  await bench(options);
} else {
  process.exitCode = runInside(options.hostNetwork);
}

async function bench(chosen: BenchOptions): Promise<void> {
  const wanted = choose(chosen.rows);
  const clip = makeClip();
  for (let run = 1; run <= chosen.runs; run++) {
    for (const row of wanted) if (row.interleaved) await measure(row, `run ${run} of ${chosen.runs}`);
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
      const result = await row.measure(chosen, clip);
      results.set(row.name, [...(results.get(row.name) ?? []), result]);
      process.stderr.write(`${lineOf(result)}\n`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      missing.set(row.name, text);
      process.stderr.write(`failed: ${text}\n`);
    }
  }
}

function choose(names: readonly string[]): readonly Row[] {
  for (const name of names)
    if (!rows.some((row) => row.name === name)) throw new Error(`There is no row “${name}”.\n${usage}`);
  return names.length === 0 ? rows : rows.filter((row) => names.includes(row.name));
}

/** Whole runs are kept in the repository; a part of the rows is nothing to compare with later. */
function write(chosen: BenchOptions): void {
  const date = new Date().toISOString();
  const machine = describeMachine();
  const whole = chosen.rows.length === 0 && chosen.profile === undefined;
  const folder = whole ? fileURLToPath(new URL('results', import.meta.url)) : workFolder;
  const path = join(folder, `${date.slice(0, 10)}-${machine.name}`);
  const report = { date, machine, options: chosen, results, missing };
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.json`, jsonOf(report));
  writeFileSync(`${path}.md`, markdownOf(report));
  say(`${markdownOf(report)}\nWritten to ${path}.md and .json`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
