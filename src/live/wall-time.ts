/** Wall time in ms since 1970 as people and programs read it: ISO 8601 in UTC. */
export function isoTime(wall: number): string {
  return new Date(wall).toISOString();
}
