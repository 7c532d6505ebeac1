import { type Descriptor, splitDescriptors } from './descriptor.ts';

/** Elementary streams of one program that are looked at; no program has so many that anybody plays. */
export const MAX_STREAMS = 64;
/** Programs of one stream whose maps are looked for; a transponder has a few dozen. */
export const MAX_PROGRAMS = 64;

const PID = 0x1fff;
const LENGTH = 0x0fff;

/** One elementary stream, as a PMT tells of it. */
export interface ElementaryStream {
  pid: number;
  streamType: number;
  descriptors: Descriptor[];
}

/** The programs that a section of a PAT names (ISO/IEC 13818-1, 2.4.4.4): PID of the PMT by the number. */
export function readPrograms(body: Uint8Array): Map<number, number> {
  const programs = new Map<number, number>();
  for (let at = 0; at + 4 <= body.length && programs.size < MAX_PROGRAMS; at += 4) {
    const number = wordAt(body, at);
    if (number !== 0) programs.set(number, wordAt(body, at + 2) & PID);
  }
  return programs;
}

/** The elementary streams of a PMT (2.4.4.9), each PID once; what is cut off is left out. */
export function readStreams(body: Uint8Array): ElementaryStream[] {
  const streams = new Map<number, ElementaryStream>();
  if (body.length < 4) return [];
  for (let at = 4 + (wordAt(body, 2) & LENGTH); at + 5 <= body.length && streams.size < MAX_STREAMS;) {
    const pid = wordAt(body, at + 1) & PID;
    const end = at + 5 + (wordAt(body, at + 3) & LENGTH);
    const descriptors = splitDescriptors(body.subarray(at + 5, Math.min(end, body.length)));
    if (!streams.has(pid)) streams.set(pid, { pid, streamType: body[at]!, descriptors });
    at = end;
  }
  return [...streams.values()];
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
