import { pathOfSlug, slugOfPath } from '../../live/path.ts';
import type { Stream } from '../../live/stream.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { App } from '../../plugin.ts';
import type { HookEvent } from './hook.ts';

/** Tells of something that happened in a room, by its slug. */
export type Tell = (event: HookEvent, slug: string, data: object) => void;

/** What was told of a stream. */
interface Told {
  broadcast: string;
  since: string;
  /** Most viewers at once so far. */
  peak: number;
  /** As JSON. */
  findings: string;
}

/**
 * Follows streams: when one goes live and ends, what the doctor finds, and how many watch. `milestones` is told when more watch than
 * ever before in a broadcast.
 */
export function followStreams(
  { hub, services }: Pick<App, 'hub' | 'services'>,
  { tell, milestones }: { tell: Tell; milestones(slug: string, before: number, now: number): void },
): () => void {
  const broadcasts = new Map<string, Told>();
  const roomOf = (path: string): string | undefined => {
    const slug = slugOfPath(path);
    return slug !== undefined && services.rooms.has(slug) ? slug : undefined;
  };

  const countViewers = (slug: string, viewers: number): void => {
    const told = broadcasts.get(slug);
    if (!told || viewers <= told.peak) return;
    const before = told.peak;
    told.peak = viewers;
    milestones(slug, before, viewers);
  };
  const examine = (slug: string): void => {
    const told = broadcasts.get(slug);
    const findings = services.doctor?.findings(pathOfSlug(slug)) ?? [];
    const text = JSON.stringify(findings);
    if (!told || told.findings === text) return;
    told.findings = text;
    tell('stream.health', slug, { broadcast: told.broadcast, findings });
  };
  const follow = (stream: Stream): void => {
    const slug = roomOf(stream.path);
    if (slug === undefined) return;
    const { state, broadcast } = stream;
    const told = broadcasts.get(slug);
    if (state === 'live' && broadcast && broadcast.id !== told?.broadcast) {
      const since = isoTime(broadcast.startedAt);
      broadcasts.set(slug, { broadcast: broadcast.id, since, peak: 0, findings: '[]' });
      tell('stream.live', slug, { broadcast: broadcast.id, since, tracks: services.rooms.stream(slug)?.tracks ?? [] });
      countViewers(slug, hub.viewers(stream.path));
    } else if (state === 'ended' && told) {
      broadcasts.delete(slug);
      const { peak, since } = told;
      const endedAt = isoTime(stream.last?.endedAt ?? Date.parse(since));
      const duration = Math.round((Date.parse(endedAt) - Date.parse(since)) / 1000);
      tell('stream.ended', slug, { broadcast: told.broadcast, since, endedAt, duration, reason: stream.reason, peak });
    }
  };

  const stop = [
    hub.events.on('stream', follow),
    hub.events.on('viewers', ({ path, viewers }) => {
      const slug = roomOf(path);
      if (slug !== undefined) countViewers(slug, viewers);
    }),
    services.doctor?.onChange((path) => {
      const slug = path === undefined ? undefined : roomOf(path);
      for (const each of path === undefined ? broadcasts.keys() : slug === undefined ? [] : [slug]) examine(each);
    }),
  ];
  return () => {
    for (const off of stop) off?.();
  };
}
