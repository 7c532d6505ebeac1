import { RoomcastError } from '../errors.ts';
import { formatAddress, isLoopback, type Address } from './address.ts';
import { checkTree, type Problem, type Setting } from './check.ts';
import { coreOptions, type CoreSettings, type CoreTable } from './core.ts';
import { nodeOf } from './node.ts';
import { secureAddresses, tlsProblems } from './tls.ts';
import { flagName, leavesOf, type Input, type OptionTable } from './schema.ts';

/** What `createServer` takes: any of the options; the rest has its default. */
export type Options = Input<CoreTable>;

/** Every option, checked and filled in. */
export type Settings = CoreSettings;

/**
 * Checks what a program handed in and fills in the defaults. Settings that went through here before come out equal.
 * Throws `bad-config` with all that is wrong, one line each.
 */
export function settingsOf(options: Options = {}, table: OptionTable = coreOptions): Settings {
  const problems: Problem[] = [];
  const report = (problem: Problem): void => void problems.push(problem);
  const given = checkTree(nodeOf(options), { table, report });
  const settings = assemble(given, table);
  checkTogether(settings, given, { table, report });
  refuse(problems);
  return settings;
}

/** Says of each option that a program handed in that it did. */
export function originsOf(options: Options, table: OptionTable = coreOptions): ReadonlyMap<string, string> {
  const given = checkTree(nodeOf(options), { table, report() {} });
  return new Map([...given.keys()].map((name) => [name, 'program']));
}

/** Builds the nested settings from leaves by full name; what is not given has its default. */
export function assemble(given: ReadonlyMap<string, Setting>, table: OptionTable): Settings {
  const root: Record<string, unknown> = {};
  for (const { name, schema } of leavesOf(table)) {
    const value = given.has(name) ? given.get(name)!.value : defaultOf(schema);
    if (value === undefined) continue;
    const parts = name.split('.');
    let group = root;
    for (const part of parts.slice(0, -1)) group = (group[part] ??= {}) as Record<string, unknown>;
    group[parts.at(-1)!] = value;
  }
  const settings = root as unknown as Settings;
  return { ...settings, ...secureAddresses(settings) };
}

function defaultOf(schema: ReturnType<typeof leavesOf>[number]['schema']): unknown {
  if (schema.type === 'record') return {};
  if (schema.type === 'text' && schema.format === 'address' && schema.default !== undefined) {
    return checkTree(nodeOf({ it: schema.default }), { table: { it: schema }, report() {} }).get('it')!.value;
  }
  return schema.default;
}

/** The rules that join several options; `given` knows where each stands. */
export function checkTogether(
  settings: Settings,
  given: ReadonlyMap<string, Setting>,
  { table, report }: { table: OptionTable; report: (problem: Problem) => void },
): void {
  for (const { name, message } of tlsProblems(settings)) report({ message, at: given.get(name)?.at });
  const slugs = new Set([...Object.keys(settings.rooms), settings.defaultRoom]);
  const keys = new Map<string, string>();
  for (const [slug, room] of Object.entries(settings.rooms)) {
    const at = room.declaredAt && { line: room.declaredAt.line, column: 1 };
    if (room.key === undefined) continue;
    const other = keys.get(room.key);
    if (other !== undefined) report({ message: `Rooms “${other}” and “${slug}” have the same key.`, at });
    if (slugs.has(room.key))
      report({ message: `The key of room “${slug}” is the slug of a room; everybody knows those.`, at });
    keys.set(room.key, slug);
  }
  if (settings.publish !== 'open') return;
  for (const { name, schema } of leavesOf(table)) {
    if (schema.type !== 'text' || !schema.takesPublishers) continue;
    const address = (settings as unknown as Record<string, Address | undefined>)[name];
    if (!address || isLoopback(address.host)) continue;
    report({
      message:
        `“publish: open” lets everyone publish, so all that takes publishers must listen on loopback only, and ` +
        `“${name}” is ${formatAddress(address)}. Set --${flagName(name)} 127.0.0.1:${address.port}, or leave “publish” alone.`,
    });
  }
}

/** Most problems that one message lists. */
const MAX_PROBLEMS = 10;

/** Throws `bad-config` when there is any problem. */
export function refuse(problems: readonly Problem[], source = ''): void {
  if (problems.length === 0) return;
  const lines = problems.slice(0, MAX_PROBLEMS).map(({ message, at }) => {
    const place = source === '' ? '' : at ? `${source}:${at.line}:${at.column}: ` : `${source}: `;
    return place + message;
  });
  if (problems.length > MAX_PROBLEMS) lines.push(`… and ${problems.length - MAX_PROBLEMS} more.`);
  throw new RoomcastError('bad-config', lines.join('\n'));
}
