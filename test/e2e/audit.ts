import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { RoomPage } from './room-page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RUN = `axe.run(document, { resultTypes: ['violations'], preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], rules: { 'heading-order': { enabled: true } } }).then(({ violations }) =>
  violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) => [id, help, target.join(' '), any[0]?.message].join(' | '))))`;

/** What axe has to say against the page as it is now. Colours in the middle of a fade are nobody's to read. */
export async function auditOf(room: RoomPage): Promise<string[]> {
  await room.page.emulateMedia({ reducedMotion: 'reduce' });
  if (!(await room.look<boolean>("'axe' in globalThis"))) await room.look(`${axe};0`);
  return room.look<string[]>(RUN);
}
