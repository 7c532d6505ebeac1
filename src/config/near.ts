/** The name among `names` that `text` most likely meant, or undefined when none is close. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const wanted = simplify(text);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, simplify(name));
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** ` Did you mean “http”?` or nothing. */
export function didYouMean(text: string, names: readonly string[], prefix = ''): string {
  const name = nearest(text, names);
  return name === undefined ? '' : ` Did you mean “${prefix}${name}”?`;
}

/** Case, dashes and underscores are what people mix up most; longer names than any option are not worth comparing. */
function simplify(text: string): string {
  return text.slice(0, 64).toLowerCase().replaceAll(/[-_]/g, '');
}

/** Levenshtein's distance; a swap of two neighbours counts once. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(change, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
