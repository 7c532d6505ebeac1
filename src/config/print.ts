import { formatAddress, type Address } from './address.ts';
import { coreOptions } from './core.ts';
import type { Effective } from './load.ts';
import { leavesOf, type LeafOption, type OptionTable, type RecordOption } from './schema.ts';

/** Stands where a secret would. */
const HIDDEN = '(hidden)';

/**
 * The effective options as text, one a line with its origin, in the form of the file. Secrets are never in it.
 */
export function printSettings(effective: Effective, table: OptionTable = coreOptions): string {
  const rows = leavesOf(table).map(({ name, schema }): [string, string] => {
    const value = valueInYaml(schema, valueAt(effective.settings, name));
    return [`${name}: ${value}`, `# ${effective.origins.get(name) ?? 'default'}`];
  });
  const width = Math.min(48, Math.max(...rows.map(([line]) => line.length)));
  return rows.map(([line, origin]) => `${line.padEnd(width)}  ${origin}`).join('\n');
}

/** The same for programs: `{name: {value, origin}}`. */
export function settingsAsJson(effective: Effective, table: OptionTable = coreOptions): string {
  return JSON.stringify(Object.fromEntries(settingRows(effective, table)), undefined, 2);
}

/** The effective options by name, each with its origin. Secrets are never in it. */
export function settingRows(
  { settings, origins }: Pick<Effective, 'settings' | 'origins'>,
  table: OptionTable = coreOptions,
): [name: string, row: { value: unknown; origin: string }][] {
  return leavesOf(table).map(({ name, schema }) => {
    const value = withoutSecrets(schema, valueAt(settings, name)) ?? null;
    return [name, { value, origin: origins.get(name) ?? 'default' }];
  });
}

function valueInYaml(schema: LeafOption, value: unknown): string {
  const plain = withoutSecrets(schema, value);
  if (plain === undefined) return '';
  if (typeof plain !== 'string') return JSON.stringify(plain).replaceAll(/([,:])(?=["[{\d])/g, '$1 ');
  return /^[A-Za-z./][A-Za-z0-9./_-]*$/.test(plain) ? plain : JSON.stringify(plain);
}

function withoutSecrets(schema: LeafOption, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (schema.type === 'text' && schema.format === 'database') return withoutPassword(value as string);
  if (schema.secret) return HIDDEN;
  if (schema.type === 'record')
    return recordWithoutSecrets(schema, value as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  return schema.type === 'text' && schema.format === 'address' ? formatAddress(value as Address) : value;
}

/** Where a database is stays readable; whatever else its address says may be a secret. */
function withoutPassword(address: string): string {
  const { protocol, username, password, host, pathname, searchParams } = new URL(address);
  const user = username === '' ? '' : `${username}${password === '' ? '' : `:${HIDDEN}`}@`;
  const folder = searchParams.get('host');
  const rest = searchParams.size > (folder === null ? 0 : 1) ? ` and ${HIDDEN}` : '';
  return `${protocol}//${user}${host}${pathname}${folder === null ? '' : `?host=${folder}`}${rest}`;
}

function recordWithoutSecrets(
  schema: RecordOption,
  record: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): unknown {
  const names = leavesOf(schema.each);
  return Object.fromEntries(
    Object.entries(record).map(([key, group]) => {
      const fields = names.filter(({ name }) => group[name] !== undefined);
      return [
        key,
        Object.fromEntries(fields.map((field) => [field.name, withoutSecrets(field.schema, group[field.name])])),
      ];
    }),
  );
}

function valueAt(settings: unknown, name: string): unknown {
  return name.split('.').reduce((group, part) => (group as Record<string, unknown> | undefined)?.[part], settings);
}
