import type { Frame } from '../media/frame.ts';

interface Head {
  frames: AsyncGenerator<Frame, void>;
  next: Frame;
}

/** Joins runs of frames, each in decode order, into one. All of them are closed with it. */
export async function* inOrderOfTime(runs: readonly AsyncGenerator<Frame, void>[]): AsyncGenerator<Frame, void> {
  try {
    const heads: Head[] = [];
    for (const frames of runs) {
      const { value } = await frames.next();
      if (value) heads.push({ frames, next: value });
    }
    while (heads.length > 0) {
      const head = heads.reduce((earliest, other) => (other.next.dts < earliest.next.dts ? other : earliest));
      yield head.next;
      const { value } = await head.frames.next();
      if (value) head.next = value;
      else heads.splice(heads.indexOf(head), 1);
    }
  } finally {
    for (const frames of runs) await frames.return();
  }
}
