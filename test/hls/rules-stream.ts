import type { Rule } from './rule.ts';

type Sentence = Pick<Rule<never>, 'id' | 'sentence'>;

/** Rules that need more than one thing at once, so that whoever follows a stream finds where they are broken. */
export const streamRules: Readonly<
  Record<'readable' | 'gone' | 'bytes' | 'skipped' | 'same' | 'late' | 'early', Sentence>
> = {
  readable: { id: 'C-HLS-01/readable', sentence: 'A playlist can be read by whoever reads strictly.' },
  gone: {
    id: 'C-HLS-09/gone',
    sentence: 'A segment stays for its own duration and that of the playlist after it was listed last (6.2.2).',
  },
  bytes: { id: 'C-HLS-14/readable', sentence: 'The bytes of a segment can be read by whoever reads strictly.' },
  late: { id: 'C-HLS-17/late', sentence: 'EXT-X-ENDLIST is there two target durations after a clean end.' },
  early: { id: 'C-HLS-17/early', sentence: 'A playlist does not end while the publisher may come back.' },
  skipped: { id: 'C-HLS-26/known', sentence: 'A delta update leaves out only what whoever asked has.' },
  same: { id: 'C-HLS-27/same', sentence: 'An address has the same bytes whenever it is asked for.' },
};
