import { coreOptions } from '../config/core.ts';
import { flagName, leavesOf, type LeafOption } from '../config/schema.ts';
import type { Action } from './actions.ts';
import { commands, type Command } from './commands.ts';

const WIDTH = 80;

/** `roomcast help`: what there is, at 80 columns. */
export function overview(): string {
  const rows = commands.map((command): [string, string] => [
    `${command.name} ${command.takes}`.trim(),
    command.summary,
  ]);
  return [
    'roomcast: self-hosted live streaming with live rooms',
    '',
    'Usage: roomcast [COMMAND] [FLAGS]',
    '',
    'Commands',
    ...columns(
      [...rows, ['help [COMMAND]', 'print this, or all about one command'], ['version', 'print the version']],
      18,
    ),
    '',
    'Flags of serve',
    ...columns(flagRows(['data', 'http', 'rtmp', 'config', 'demo', 'publicUrl']), 18),
    ...columns(
      [
        ['--help', 'print this'],
        ['--version', 'print the version'],
      ],
      18,
    ),
    '',
    ...wrap(
      'A flag beats the environment, that beats roomcast.yaml, that beats the default. “roomcast help serve” lists every flag.',
      WIDTH,
    ),
    '',
  ].join('\n');
}

/** `roomcast help COMMAND`. */
export function about(command: Command): string {
  const own = command.flags.map((flag): [string, string] => [
    `--${flag.name}${flag.value ? ` ${flag.value}` : ''}`,
    flag.description,
  ]);
  const options = flagRows(command.options);
  const actions = actionRows(command.actions ?? []);
  const rows = [...own, ...options];
  return [
    `Usage: roomcast ${[command.name, command.takes, '[FLAGS]'].filter(Boolean).join(' ')}`,
    '',
    ...wrap(command.details, WIDTH),
    '',
    ...(actions.length > 0 ? ['Actions', ...columns(actions, 26), ''] : []),
    'Flags',
    ...columns(rows, 26),
    '',
    ...(options.length === 0
      ? []
      : [
          ...wrap(
            'Each option can also be set as ROOMCAST_NAME in the environment (ROOMCAST_PUBLIC_URL) and in roomcast.yaml (publicUrl).',
            WIDTH,
          ),
          '',
        ]),
  ].join('\n');
}

/** The one without words is the command itself, where its details are. */
function actionRows(actions: readonly Action[]): [string, string][] {
  return actions.filter(({ usage }) => usage !== '').map(({ usage, does }) => [usage, does]);
}

function flagRows(names: 'all' | readonly string[]): [string, string][] {
  return leavesOf(coreOptions)
    .filter(({ name, schema }) => schema.flag !== undefined && (names === 'all' || names.includes(name)))
    .map(({ name, schema }) => [
      `--${flagName(name)} ${schema.flag}`.trim(),
      `${schema.description}${defaultInWords(schema)}`,
    ]);
}

function defaultInWords(schema: LeafOption): string {
  const words = schema.type === 'text' && schema.oneOf ? ` One of ${schema.oneOf.join(', ')}.` : '';
  if (schema.type === 'text' && schema.default !== undefined) return `${words} Default: ${schema.default}.`;
  if (schema.type !== 'number' || schema.default === undefined) return words;
  const unit = typeof schema.default === 'number' && schema.unit ? ` ${schema.unit}` : '';
  return ` Default: ${schema.default}${unit}.`;
}

/** Two columns; the second is wrapped, and starts on its own line where the first is too wide. */
function columns(rows: readonly [string, string][], indent: number): string[] {
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, WIDTH - indent - 2);
    const pad = ' '.repeat(indent + 2);
    const first = `  ${left}`;
    const fits = first.length < pad.length;
    const rest = lines.slice(fits ? 1 : 0).map((line) => pad + line);
    return [(fits ? first.padEnd(pad.length) + (lines[0] ?? '') : first).trimEnd(), ...rest];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines;
}
