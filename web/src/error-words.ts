import { ApiError } from '../../src/client/index.ts';
import type { Lang } from './format/units.ts';
import { loadErrorWords } from './messages/errors.ts';

/** Codes that are about a value, of which more is said than that, also where the server says none. */
const ABOUT_VALUES: ReadonlySet<string> = new Set(['bad-request', 'limit-exceeded']);

/** What speaks: in a language, with the words that it has of it. */
interface Speaker {
  readonly t: { readonly errors: { readonly internal: string; readonly unreachable: string } };
  readonly settings: { readonly lang: Lang };
}

/** An error as a sentence of the page’s language. `words` are for some errors of this one. */
export async function wordsFor(
  { t, settings }: Speaker,
  error: unknown,
  words: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, detail } = error instanceof ApiError ? error : { code: 'internal', detail: undefined };
  const own = words[code] ?? (t.errors as Readonly<Record<string, string>>)[code];
  if (own !== undefined) return own;
  try {
    const { codes, why } = await loadErrorWords(settings.lang);
    const whys: Readonly<Record<string, (limit: number) => string>> = why;
    if (detail || ABOUT_VALUES.has(code)) return (whys[detail?.why ?? 'form'] ?? why.form)(detail?.limit ?? 0);
    return (codes as Readonly<Record<string, string>>)[code] ?? t.errors.internal;
  } catch {
    // The network went before the words came.
    return t.errors.unreachable;
  }
}
