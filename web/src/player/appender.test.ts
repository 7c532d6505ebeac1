import { expect, test } from 'vitest';
import { Appender, type Target } from './appender.ts';

/** A SourceBuffer that does one thing at a time, and notes what it was asked for. */
class FakeTarget implements Target {
  updating = false;
  done: string[] = [];
  range: [number, number] | undefined;
  full = 0;
  broken = false;

  get buffered(): TimeRanges {
    const { range } = this;
    return { length: range ? 1 : 0, start: () => range![0], end: () => range![1] };
  }

  appendBuffer(bytes: Uint8Array): void {
    if (this.broken) throw new DOMException('no', 'InvalidStateError');
    if (this.full-- > 0) throw new DOMException('full', 'QuotaExceededError');
    this.#begin(`append ${bytes.join('')}`);
  }

  remove(from: number, to: number): void {
    this.#begin(`remove ${from}-${to}`);
    this.range = [to, this.range![1]];
  }

  changeType(type: string): void {
    this.done.push(`type ${type}`);
  }

  #begin(what: string): void {
    if (this.updating) throw new DOMException('busy', 'InvalidStateError');
    this.updating = true;
    this.done.push(what);
  }
}

function make(time = 0): { target: FakeTarget; appender: Appender; failed: () => number; finish: () => void } {
  const target = new FakeTarget();
  let failures = 0;
  const appender = new Appender({ target, time: () => time, failed: () => failures++ });
  const finish = (): void => {
    target.updating = false;
    appender.next();
  };
  return { target, appender, failed: () => failures, finish };
}

test('what comes while it is busy is appended as one piece when it is free', () => {
  const { target, appender, finish } = make();
  for (const byte of [1, 2, 3]) appender.push(Uint8Array.of(byte));
  expect(target.done).toEqual(['append 1']);
  finish();
  expect(target.done).toEqual(['append 1', 'append 23']);
  finish();
  expect(target.done).toHaveLength(2);
});

test('another type is told between what was before and what comes after', () => {
  const { target, appender, finish } = make();
  appender.push(Uint8Array.of(1));
  appender.push(Uint8Array.of(2));
  appender.push({ type: 'video/mp4' });
  appender.push(Uint8Array.of(3));
  finish();
  finish();
  expect(target.done).toEqual(['append 1', 'append 2', 'type video/mp4', 'append 3']);
});

test('what is long past is let go of, and then it goes on', () => {
  const { target, appender, finish } = make(125);
  target.range = [100, 126];
  appender.push(Uint8Array.of(1));
  expect(target.done).toEqual(['remove 100-117']);
  finish();
  expect(target.done).toEqual(['remove 100-117', 'append 1']);
});

test('a full memory is made room in once, and the bytes come after', () => {
  const { target, appender, finish, failed } = make(110);
  target.range = [100, 111];
  target.full = 1;
  appender.push(Uint8Array.of(1));
  expect(target.done).toEqual(['remove 100-109']);
  finish();
  expect(target.done).toEqual(['remove 100-109', 'append 1']);
  expect(failed()).toBe(0);
});

test('what stays full, is broken, or takes nothing for too long has failed', () => {
  const full = make(110);
  full.target.range = [100, 111];
  full.target.full = 9;
  full.appender.push(Uint8Array.of(1));
  full.finish();
  expect(full.failed()).toBe(1);

  const broken = make();
  broken.target.broken = true;
  broken.appender.push(Uint8Array.of(1));
  expect(broken.failed()).toBe(1);

  const stuck = make();
  for (let i = 0; i < 66; i++) stuck.appender.push(new Uint8Array(1024 * 1024));
  expect(stuck.failed()).toBe(1);
});
