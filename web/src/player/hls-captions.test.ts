import type HlsLibrary from 'hls.js';
import { expect, test } from 'vitest';
import { partCaptions } from './hls-captions.ts';

/** As in hls.js: whatever does not begin the next segment makes it begin anew. */
class Whole {
  anew = 0;
  lastSn = -1;
  lastPartIndex = -1;

  onFragLoading(_event: string, { frag, part }: Loading): void {
    if (frag.type !== 'main') return;
    if (frag.sn !== this.lastSn + 1) this.anew++;
    this.lastSn = frag.sn;
    this.lastPartIndex = part?.index ?? -1;
  }
}

interface Loading {
  frag: { sn: number; type: string };
  part?: { index: number };
}

test.each([
  ['parts of one segment and of the next', ['7', '8.0', '8.1', '8.2', '9.0', '9.1', '10.0'], 1],
  ['sound beside the picture', ['8.0', 'a8.0', 'a8.1', '8.1', 'a9.0', '8.2', '9.0'], 1],
  ['a part that was left out', ['8.0', '8.2', '8.3'], 2],
  ['a part that comes once more', ['8.0', '8.1', '8.1', '8.2'], 2],
  ['whole segments', ['8', '9', '10'], 1],
])('captions of %s begin anew only where nothing is continued', (_, loads, anew) => {
  const { timelineController } = partCaptions({
    DefaultConfig: { timelineController: Whole },
  } as unknown as typeof HlsLibrary);
  const reader = new (timelineController as unknown as new () => Whole)();
  for (const load of loads) {
    const [, audio, sn, index] = /^(a?)(\d+)(?:\.(\d+))?$/.exec(load)!;
    const frag = { sn: Number(sn), type: audio ? 'audio' : 'main' };
    reader.onFragLoading('', { frag, ...(index !== undefined && { part: { index: Number(index) } }) });
  }
  expect(reader.anew).toBe(anew);
});
