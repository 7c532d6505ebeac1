import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take long, the longest first. Where no run before has told, Vitest begins with those of the most bytes, and
 * one that is short and takes long would be waited for at the end.
 */
const LONGEST: readonly string[] = [
  'conformance/hls/real.test.ts',
  'postgres/connection.test.ts',
  'conformance/push.test.ts',
  'conformance/accounts.test.ts',
  'conformance/acme.test.ts',
  'conformance/rooms.test.ts',
  'conformance/rtmp/refusals.test.ts',
  'conformance/rtmp/life.test.ts',
  'conformance/injection.test.ts',
  'conformance/tls/https.test.ts',
  'conformance/tls/programs.test.ts',
  'faults/write-faults.test.ts',
  'faults/publisher-loss.test.ts',
  'faults/takeover.test.ts',
  'interop/matrix.test.ts',
  'interop/hls.test.ts',
  'interop/doctor.test.ts',
  'interop/presence.test.ts',
  'interop/clock.test.ts',
  'interop/progressive.test.ts',
  'interop/enhanced.test.ts',
  'interop/mp4.test.ts',
  'interop/return.test.ts',
  'interop/large-frame.test.ts',
  'interop/push.test.ts',
  'e2e/chat-access.test.ts',
  'e2e/coming-back.test.ts',
  'e2e/path-changes.test.ts',
  'e2e/viewer-states.test.ts',
  'e2e/chat-moderation.test.ts',
  'e2e/advice.test.ts',
  'e2e/layout.test.ts',
  'e2e/choices.test.ts',
  'e2e/danmaku.test.ts',
  'e2e/codecs.test.ts',
  'e2e/chat.test.ts',
  'e2e/accessibility.test.ts',
  'e2e/desk.test.ts',
  'e2e/admin.test.ts',
  'e2e/paths.test.ts',
];

/** Within each project those files first that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).toSorted((a, b) => placeOf(a) - placeOf(b)),
    );
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}`));
  return place < 0 ? LONGEST.length : place;
}
