import type { Finding, FindingCode } from '../../client/messages.ts';
import { SECOND } from '../../media/time.ts';
import { findingCodes, thresholds } from './thresholds.ts';
import type { Values, Verdict } from './verdict.ts';

/** A finding goes when all was well for this long. */
const WELL = 3 * SECOND;
/** It also goes when nothing could be told for this long. */
const UNSURE = 10 * SECOND;
/** A value that changed by less than this share of itself is not worth telling. */
const WORTH = 0.05;

const ranks = { bad: 0, warn: 1, info: 2 } as const;

interface Held {
  finding: Finding;
  /** Monotonic µs at which it was last found, and last not denied. */
  found: number;
  doubted: number;
}

/** Keeps findings from coming and going with every verdict, and their values from trembling. */
export class Patience {
  #held = new Map<FindingCode, Held>();
  #findings: readonly Finding[] = [];

  /** The worst first. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** The newest verdicts. What has none was not asked for. */
  hear(
    verdicts: Partial<Record<FindingCode, Verdict>>,
    now: number,
  ): { came: Finding[]; went: FindingCode[]; changed: boolean } {
    const came: Finding[] = [];
    const went: FindingCode[] = [];
    let changed = false;
    for (const code of Object.keys(verdicts) as FindingCode[]) {
      const verdict = verdicts[code];
      const held = this.#held.get(code);
      if (typeof verdict === 'object') {
        const finding = { code, severity: thresholds[code].severity, values: verdict };
        const isNew = !held || differs(held.finding.values, verdict);
        this.#held.set(code, { finding: isNew ? finding : held.finding, found: now, doubted: now });
        if (!held) came.push(finding);
        changed ||= isNew;
      } else if (held && verdict === 'border') {
        held.found = held.doubted = now;
      } else if (held) {
        if (verdict === undefined) held.doubted = now;
        if (now - held.found < UNSURE && now - held.doubted < WELL) continue;
        this.#held.delete(code);
        went.push(code);
        changed = true;
      }
    }
    if (changed) this.#sort();
    return { came, went, changed };
  }

  /** Nothing could be told for a while, and that is no reason to let anything go. */
  pause(now: number): void {
    for (const held of this.#held.values()) held.found = held.doubted = now;
  }

  /** Lets a finding go at once. */
  drop(code: FindingCode): boolean {
    if (!this.#held.delete(code)) return false;
    this.#sort();
    return true;
  }

  #sort(): void {
    this.#findings = inOrder([...this.#held.values()].map(({ finding }) => finding));
  }
}

/** The worst first, then as in the table. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ code, severity }: Finding): number =>
    ranks[severity] * findingCodes.length + findingCodes.indexOf(code);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

function differs(a: Values, b: Values): boolean {
  return Object.entries(b).some(([name, value]) => {
    const before = a[name];
    if (typeof before !== 'number' || typeof value !== 'number') return before !== value;
    return Math.abs(value - before) > WORTH * Math.abs(before);
  });
}
