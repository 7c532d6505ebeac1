/** What is offered beside plain IRC (IRCv3), with the values that are told of it. */
export const capabilities = {
  'account-tag': '',
  batch: '',
  'draft/message-redaction': '',
  'echo-message': '',
  'message-tags': '',
  sasl: 'PLAIN',
  'server-time': '',
} as const;

/** Name of a capability (IRCv3, Capability Negotiation). */
export type Capability = keyof typeof capabilities;

/** Which tag is for whom: a client gets those that it asked for. */
const TAGS: Readonly<Record<string, Capability>> = {
  time: 'server-time',
  account: 'account-tag',
  batch: 'batch',
  msgid: 'message-tags',
  '+draft/reply': 'message-tags',
};

/** As `CAP LS` tells them; values only to those who know of them. */
export function listCapabilities(withValues: boolean): string {
  return Object.entries(capabilities)
    .map(([name, value]) => (withValues && value !== '' ? `${name}=${value}` : name))
    .join(' ');
}

/** What `CAP REQ` asks to have or, with false, to have no more; undefined where one of them is not offered. */
export function readRequest(text: string): ReadonlyMap<Capability, boolean> | undefined {
  const asked = new Map<Capability, boolean>();
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const name = word.replace(/^-/, '');
    if (!Object.hasOwn(capabilities, name)) return undefined;
    asked.set(name as Capability, name === word);
  }
  return asked;
}

/** Of the tags of a line those that somebody with these capabilities gets. */
export function tagsFor(
  has: ReadonlySet<Capability>,
  tags: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(tags))
    if (value !== undefined && has.has(TAGS[name]!)) given.set(name, value);
  return given;
}

/** Equal for those who get the same tags. */
export function tagKey(has: ReadonlySet<Capability>): string {
  return Object.values(TAGS)
    .map((name) => (has.has(name) ? '1' : '0'))
    .join('');
}
