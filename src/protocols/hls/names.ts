/** What a folder of segments holds, by the names in it: they say all that a cache needs to know. */
export type FileName =
  | { kind: 'list'; rendition: string }
  | { kind: 'init'; rendition: string; number: number }
  | { kind: 'segment'; rendition: string; sequence: number }
  | { kind: 'part'; rendition: string; sequence: number; part: number };

/** Numbers have no more digits than whole numbers can be told apart by. */
const NAME = /^(main|[va]\d{1,9})(?:\.m3u8|-init(\d{1,9})\.mp4|-(\d{1,15})(?:\.(\d{1,9}))?\.(?:m4s|ts))$/;

export function listName(rendition: string): string {
  return `${rendition}.m3u8`;
}

export function initName(rendition: string, number: number): string {
  return `${rendition}-init${number}.mp4`;
}

/** `extension`: of the container, `m4s` or `ts`. */
export function segmentName(rendition: string, sequence: number, extension: string): string {
  return `${rendition}-${sequence}.${extension}`;
}

/** Parts are counted from 0. */
export function partName(rendition: string, sequence: number, part: number): string {
  return `${rendition}-${sequence}.${part}.m4s`;
}

/** Undefined for what is no name of ours. Each name has one spelling. */
export function parseName(name: string, extension: string): FileName | undefined {
  const [, rendition, init, sequence, part] = NAME.exec(name) ?? [];
  if (rendition === undefined) return undefined;
  const found = fileOf(rendition, init, sequence, part);
  return nameOf(found, extension) === name ? found : undefined;
}

function fileOf(rendition: string, init?: string, sequence?: string, part?: string): FileName {
  if (init !== undefined) return { kind: 'init', rendition, number: Number(init) };
  if (sequence === undefined) return { kind: 'list', rendition };
  if (part === undefined) return { kind: 'segment', rendition, sequence: Number(sequence) };
  return { kind: 'part', rendition, sequence: Number(sequence), part: Number(part) };
}

function nameOf(file: FileName, extension: string): string {
  if (file.kind === 'list') return listName(file.rendition);
  if (file.kind === 'init') return initName(file.rendition, file.number);
  if (file.kind === 'segment') return segmentName(file.rendition, file.sequence, extension);
  return partName(file.rendition, file.sequence, file.part);
}
