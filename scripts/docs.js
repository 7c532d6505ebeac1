// `npm run docs`: writes the reference pages and the sample file from the tables in the code. With --check it only says
// whether they are in sync. Runs under the pinned Node, because it imports the sources.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { about, overview } from '../src/cli/help.ts';
import { commands } from '../src/cli/commands.ts';
import { expected } from '../src/config/check.ts';
import { coreOptions } from '../src/config/core.ts';
import { environmentName, flagName, leavesOf } from '../src/config/schema.ts';
import { errorCodes } from '../src/errors.ts';
import { unplayable } from '../src/features/doctor/playable.ts';
import { thresholds } from '../src/features/doctor/thresholds.ts';
import { families } from '../src/features/metrics/families.ts';
import { codecs } from '../src/media/codec/table.ts';
import { apiReference } from './api-reference.js';
import { root } from './node-runtime.js';

const NOTE = '<!-- Written by “npm run docs” from the code; do not edit. -->';

const documents = {
  'docs/reference/api.md': await apiReference(NOTE),
  'docs/reference/options.md': options(),
  'docs/reference/cli.md': commandLine(),
  'docs/reference/errors.md': errors(),
  'docs/reference/metrics.md': metrics(),
  'docs/reference/findings.md': findings(),
  'docs/roomcast.sample.yaml': sample(),
};

const check = process.argv.includes('--check');
const stale = Object.entries(documents).filter(([name, text]) => textOf(name) !== text);
for (const [name, text] of stale) {
  process.stdout.write(check ? `${name} is not what the code says; run “npm run docs”.\n` : `wrote ${name}\n`);
  if (check) continue;
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
process.exit(check && stale.length > 0 ? 1 : 0);

function options() {
  const rows = (leaves) =>
    leaves.flatMap(({ name, schema }) => [`### \`${name}\``, '', schema.description, '', table(name, schema), '']);
  const leaves = leavesOf(coreOptions);
  const isLimit = ({ name }) => name.startsWith('limits.');
  return [
    NOTE,
    '# Options',
    '',
    'An option is set by a flag, by the environment, or in `roomcast.yaml`; a flag beats the environment, that beats the file, that beats',
    'the default. `roomcast config` prints what is in effect and where each value comes from. What is unknown or has a wrong value is an',
    'error with file, line and column.',
    '',
    ...rows(leaves.filter((leaf) => !isLimit(leaf))),
    '## Limits',
    '',
    `${coreOptions.limits.description} They stand under \`limits:\` in the file.`,
    '',
    '| option | default | takes | why |',
    '|---|---|---|---|',
    ...leaves
      .filter(isLimit)
      .map(
        ({ name, schema }) =>
          `| \`${name}\` | ${schema.default} | ${cell(expected(schema))} | ${cell(schema.description)} |`,
      ),
    '',
    'In the environment, `limits.rtmpMessage` is `ROOMCAST_LIMITS_RTMP_MESSAGE`, and so on.',
    '',
  ].join('\n');
}

function table(name, schema) {
  const places = [
    schema.flag === undefined ? undefined : `\`--${flagName(name)}${schema.flag ? ` ${schema.flag}` : ''}\``,
    schema.type === 'record' ? undefined : `\`${environmentName(name)}\``,
    schema.notInFile ? undefined : `\`${name}:\` in the file`,
  ];
  const lines = [`- Set by: ${places.filter(Boolean).join(' · ')}`, `- Takes: ${expected(schema)}`];
  if (schema.type === 'record') {
    for (const field of leavesOf(schema.each))
      lines.push(`- \`${name}.NAME.${field.name}\`: ${field.schema.description} Takes ${expected(field.schema)}.`);
  } else lines.push(`- Default: ${defaultInWords(schema)}`);
  return lines.join('\n');
}

function defaultInWords(schema) {
  const value = schema.default;
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length > 0 ? `\`${value.join(', ')}\`` : 'an empty list';
  return `\`${value}\`${typeof value === 'number' && schema.unit ? ` ${schema.unit}` : ''}`;
}

function commandLine() {
  const parts = commands.flatMap((command) => [
    `## roomcast ${command.name}`,
    '',
    '```',
    about(command).trimEnd(),
    '```',
    '',
  ]);
  const exits =
    'Exit status: 0 done, 1 failed, 2 wrong usage. Results go to standard output, everything else to standard error.';
  return [NOTE, '# Command line', '', '```', overview().trimEnd(), '```', '', exits, '', ...parts].join('\n');
}

function errors() {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${cell(meaning)} |`,
  );
  const lead =
    'The same words stand in API answers, in the status of RTMP and in the log. The number is the HTTP status.';
  return [NOTE, '# Error codes', '', lead, '', '| code | status | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

function metrics() {
  const rows = Object.values(families).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${cell(help)} |`,
  );
  return [
    NOTE,
    '# Metrics',
    '',
    '`GET /metrics` answers in the text format of Prometheus, to a bearer token (`roomcast token`) and to programs on the machine of the',
    'server itself where no proxy is between. Counters count from the start of the server, whenever somebody first asks.',
    '',
    '| name | type | labels | what |',
    '|---|---|---|---|',
    ...rows,
    '',
    'Beside them stand the usual figures of a Node process, `process_…` and `nodejs_…`: processor, memory, garbage collection, open files.',
    '',
    'For Prometheus on another machine:',
    '',
    '```yaml',
    'scrape_configs:',
    '  - job_name: roomcast',
    '    authorization: { credentials_file: /etc/prometheus/roomcast-token }',
    '    static_configs: [{ targets: ["live.example.org:8080"] }]',
    '```',
    '',
    '[`grafana-dashboard.json`](../grafana-dashboard.json) shows all of it; import it in Grafana and choose the source.',
    '',
  ].join('\n');
}

function findings() {
  const rows = Object.entries(thresholds).flatMap(([code, { severity, meaning, limits, values, advice }]) => [
    `## \`${code}\``,
    '',
    `${meaning} Severity: \`${severity}\`. Values: ${values}.`,
    '',
    ...Object.values(limits).map(
      ({ value, unit, about }) => `- ${about.replace('#', unit ? `${value} ${unit}` : value)}`,
    ),
    ...(Object.keys(limits).length > 0 ? [''] : []),
    `**What to do:** ${advice}`,
    '',
  ]);
  return [
    NOTE,
    '# What the doctor finds',
    '',
    'Every stream is examined while it is on, by what really comes in; it costs nothing per viewer. What could be better stands on the',
    'owner’s page in words, in `findings` of `GET /api/v1/streams/PATH`, in `doctor` messages of the room’s socket, and in the log, one line',
    'when a finding comes and one when it goes. The worst comes first. A finding comes within ten seconds of its cause or two GOPs, and goes',
    'as soon when the stream is well again; `clock-drift` takes minutes to tell. A finding about the encoder’s clock goes with the encoder,',
    'all others stay while the publisher is waited for.',
    '',
    'A finding is `{"code","severity","values"}`, with a severity of `info`, `warn` or `bad`.',
    '',
    ...rows,
    '## Codecs that the page does not play',
    '',
    'Other players may: see [Play](../play.md).',
    '',
    '| codec | why |',
    '|---|---|',
    ...Object.entries(unplayable).map(([codec, why]) => `| ${codecs[codec].title} (\`${codec}\`) | ${cell(why)} |`),
    '',
  ].join('\n');
}

function sample() {
  const lines = [
    '# Every option of roomcast with its default. Save as roomcast.yaml in the folder where you start it, and take the # away',
    '# from what you change.',
    '# Written by “npm run docs” from the code; do not edit here.',
    '',
  ];
  let open = '';
  for (const { name, schema } of leavesOf(coreOptions)) {
    if (schema.notInFile) continue;
    const groups = name.split('.');
    const own = groups.pop();
    let table = coreOptions;
    for (const [depth, group] of groups.entries()) {
      const indent = '  '.repeat(depth);
      const prefix = `${groups.slice(0, depth + 1).join('.')}.`;
      if (!open.startsWith(prefix)) lines.push(...comment(table[group].description, indent), `#${indent}${group}:`, '');
      table = table[group].options;
    }
    open = name;
    const indent = '  '.repeat(groups.length);
    lines.push(...comment(schema.description, indent), ...comment(`Takes ${expected(schema)}.`, indent));
    lines.push(...value(own, schema).map((line) => `#${indent}${line}`), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function value(name, schema) {
  if (schema.type === 'record') return [`${name}:`, '  lobby:', '    title: A quiet room', '    key: …'];
  if (schema.default === undefined) return [`${name}: …`];
  if (schema.type === 'list') return [`${name}: ${JSON.stringify(schema.default)}`];
  return [
    `${name}: ${typeof schema.default === 'string' && !/^[a-z./]+$/.test(schema.default) ? JSON.stringify(schema.default) : schema.default}`,
  ];
}

function comment(text, indent) {
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + word.length + 1 > 110) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].map((part) => `${indent}# ${part}`);
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}

function textOf(name) {
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch {
    return undefined;
  }
}
