/** A level as people write it, from ten times its number: `4`, `4.1`. */
export function levelName(tenths: number): string {
  return `${tenths / 10}`;
}
