/** What of the fields of a room the server takes, so that a slip is said while it is typed. */

/** As the server reads a tag: letters and digits of any script, `-` and `_`. */
const TAG = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,29}$/u;
/** Of a room. */
const MAX_TAGS = 10;
/** Of a webhook. */
const [MAX_MILESTONES, MAX_STEP] = [20, 1_000_000_000];
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Tags as somebody typed them, with commas of either language between. */
export function readTags(text: string): { tags: string[]; wrong?: string; many?: true } {
  const tags = [
    ...new Set(
      text
        .split(/[,，、]/)
        .map((tag) => tag.trim().replace(/^#/, ''))
        .filter((tag) => tag !== ''),
    ),
  ];
  const wrong = tags.find((tag) => !TAG.test(tag));
  if (wrong !== undefined) return { tags, wrong };
  return tags.length > MAX_TAGS ? { tags, many: true } : { tags };
}

/** A whole number within bounds; null for nothing, undefined for anything else. */
export function readCount(text: string, most: number): number | null | undefined {
  const plain = text.replaceAll(/[\s,]/g, '');
  if (plain === '') return null;
  const value = /^\d+$/.test(plain) ? Number(plain) : Number.NaN;
  return value >= 1 && value <= most ? value : undefined;
}

/** Numbers of viewers to be told of, as many as the server takes, in their order; undefined where one is none. */
export function readMilestones(text: string): number[] | undefined {
  const parts = text.split(/[\s,，、]+/).filter((part) => part !== '');
  const steps = [...new Set(parts.map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : 0)))].sort((a, b) => a - b);
  const fine = steps.length <= MAX_MILESTONES && steps.every((step) => step >= 1 && step <= MAX_STEP);
  return fine && steps.length > 0 ? steps : undefined;
}

/** Mbit/s as bit/s; null for nothing, undefined for anything else. */
export function readRate(text: string): number | null | undefined {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return null;
  const value = /^\d+(?:\.\d+)?$/.test(plain) ? Math.round(Number(plain) * 1_000_000) : Number.NaN;
  return value >= 100_000 && value <= 1_000_000_000 ? value : undefined;
}

/** Whether a text could be an address of a program; the server knows where it may lead. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text.trim());
}

export function isSlug(text: string): boolean {
  return SLUG.test(text);
}

/** Whether a text could be an address or a network; the server knows exactly. */
export function isNetwork(text: string): boolean {
  const typed = text.trim();
  if (!typed.includes(':')) return /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,3})?$/.test(typed);
  return /^[0-9a-f:.]{2,45}(?:\/\d{1,3})?$/i.test(typed);
}
