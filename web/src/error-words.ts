import { ApiError } from '../../src/client/index.ts';
import type { Lang } from './format/units.ts';
import { loadWhy } from './messages/why.ts';

/** Codes that are about a value, of which the server says more than that. */
const ABOUT_VALUES: ReadonlySet<string> = new Set(['bad-request', 'limit-exceeded']);

/** What speaks: in a language, with the words that it has of it. */
interface Speaker {
  readonly t: { readonly errors: { readonly internal: string } };
  readonly settings: { readonly lang: Lang };
}

/** An error as a sentence of the page's language. `words` are for some errors of this one. */
export async function wordsFor(
  { t, settings }: Speaker,
  error: unknown,
  words: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, detail } = error instanceof ApiError ? error : { code: 'internal', detail: undefined };
  const known: Readonly<Record<string, string>> = t.errors;
  const plain = words[code] ?? known[code] ?? t.errors.internal;
  if (words[code] !== undefined || !ABOUT_VALUES.has(code)) return plain;
  try {
    const why: Readonly<Record<string, (limit: number) => string>> = await loadWhy(settings.lang);
    return (why[detail?.why ?? 'form'] ?? why['form']!)(detail?.limit ?? 0);
  } catch {
    // The network went before the words came.
    return plain;
  }
}
