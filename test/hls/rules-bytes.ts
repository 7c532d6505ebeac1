import { equalBytes, concatBytes } from '../../src/media/bytes/bytes.ts';
import {
  endOf,
  errorOf,
  frameOf,
  lengthOf,
  mainOf,
  type ReadPiece,
  type ReadSample,
  startOf,
} from './media-samples.ts';
import type { MediaPlaylist, Part, Segment } from './playlist.ts';
import type { Rule } from './rule.ts';
import { ROUNDING } from './window.ts';

/** A segment as its playlist tells it, and as its bytes do. */
export interface SegmentFacts {
  readonly playlist: Pick<MediaPlaylist, 'targetDuration' | 'independent'>;
  readonly segment: Segment;
  readonly bytes: Uint8Array;
  readonly piece: ReadPiece;
  readonly parts: readonly PartFacts[];
  /** What is known of the segment before, where this one goes on from it. */
  readonly before?: Past;
}

export interface PartFacts {
  readonly part: Part;
  readonly bytes: Uint8Array;
  /** Where a part can be read by itself. */
  readonly piece?: ReadPiece;
}

/** What a segment leaves behind. */
export interface Past {
  /** Tick behind the last one of each track, and the last decode time. */
  readonly ends: ReadonlyMap<number, { readonly end: number; readonly last: number }>;
  /** Seconds at which the segments without a discontinuity began, and what their durations came to since. */
  readonly since: number;
  readonly told: number;
}

/** Apple: a segment is no longer than the target and half a second. */
const OVER = 0.5;
/** Seconds by which sound and picture of a segment may begin and end apart. */
const APART = 0.1;
/** A track that goes on after more seconds than this had nothing to say meanwhile, and its times say so. */
const PAUSE = 0.1;

/** What must be true of the bytes of a segment and its parts. */
export const byteRules: readonly Rule<SegmentFacts>[] = [
  {
    id: 'C-HLS-10/begins',
    sentence: 'Segments that are said to be independent begin where decoding can.',
    *broken({ playlist, segment, piece }) {
      const main = mainOf(piece);
      if (playlist.independent && main && !isKeySample(main.samples[0]!)) yield `segment ${segment.sequence}`;
    },
  },
  {
    id: 'C-HLS-10/flags',
    sentence: 'What a container says of key frames is what their bytes say.',
    *broken({ segment, piece }) {
      for (const { id, samples } of piece.tracks)
        for (const [index, { key, keyInBytes = key }] of samples.entries())
          if (key !== keyInBytes) yield `picture ${index} of track ${id} in segment ${segment.sequence}`;
    },
  },
  {
    id: 'C-HLS-11/length',
    sentence: 'No segment lasts longer than the target duration and half a second.',
    *broken({ playlist, segment, piece }) {
      const main = mainOf(piece);
      const length = (main && lengthOf(main)) ?? 0;
      if (length > playlist.targetDuration + OVER) yield `segment ${segment.sequence} lasts ${length.toFixed(3)} s`;
    },
  },
  {
    id: 'C-HLS-12/duration',
    sentence: 'EXTINF is how long a segment lasts, to a frame.',
    *broken({ segment, piece }) {
      if (!mainOf(piece)) return yield `segment ${segment.sequence} has no frames`;
      const off = errorOf(segment.duration, piece, ROUNDING);
      if (off !== 0) yield `segment ${segment.sequence} by ${off.toFixed(4)} s`;
    },
  },
  {
    id: 'C-HLS-12/sum',
    sentence: 'The durations of any segments that follow each other are right to a frame.',
    *broken({ segment, piece, before }) {
      const main = mainOf(piece);
      if (!main || !before) return;
      const off = before.told - (startOf(main) - before.since);
      const frame = main.samples.length > 1 ? frameOf(main) : segment.duration;
      if (Math.abs(off) > frame + ROUNDING) yield `by ${off.toFixed(4)} s before segment ${segment.sequence}`;
    },
  },
  {
    id: 'C-HLS-13/equal',
    sentence: 'Sound and picture of a segment cover the same time.',
    *broken({ segment, piece }) {
      const filled = piece.tracks.filter(({ samples }) => samples.length > 0);
      const video = filled.find(({ kind }) => kind === 'video');
      const audio = filled.find(({ kind }) => kind === 'audio');
      if (!video || !audio) return;
      const begin = startOf(audio) - startOf(video);
      const end = endOf(audio) - endOf(video);
      if (Math.max(Math.abs(begin), Math.abs(end)) > APART)
        yield `segment ${segment.sequence} by ${begin.toFixed(3)} and ${end.toFixed(3)} s`;
    },
  },
  {
    id: 'C-HLS-14/whole',
    sentence: 'The bytes of a segment are as its container wants them, and counters have no step.',
    *broken({ segment, piece }) {
      for (const fault of piece.faults) yield `segment ${segment.sequence}: ${fault}`;
    },
  },
  {
    id: 'C-HLS-14/fragments',
    sentence: 'A fragment begins where the one before in its segment ends, to a tick, but for pauses.',
    *broken({ segment, piece }) {
      for (const { id, seams, scale } of piece.tracks)
        for (const { start, due } of seams)
          if (due !== undefined && Math.abs(start - due) > 1 && start - due <= PAUSE * scale)
            yield `track ${id} of segment ${segment.sequence} by ${start - due} ticks`;
    },
  },
  {
    id: 'C-HLS-14/segments',
    sentence: 'A segment begins where the one before ends, to a tick, but for pauses and discontinuities.',
    *broken({ segment, piece, before }) {
      for (const { id, samples, scale } of piece.tracks) {
        const past = before?.ends.get(id);
        const first = samples[0]?.dts;
        if (!past || first === undefined) continue;
        const off = piece.container === 'mp4' ? first - past.end : Math.min(0, first - past.last);
        if (Math.abs(off) > 1 && off <= PAUSE * scale)
          yield `track ${id} of segment ${segment.sequence} by ${off} ticks`;
      }
    },
  },
  {
    id: 'C-HLS-14/order',
    sentence: 'Decode times of a track never go back.',
    *broken({ segment, piece }) {
      for (const { id, samples } of piece.tracks)
        if (samples.some(({ dts }, index) => index > 0 && dts < samples[index - 1]!.dts))
          yield `track ${id} of segment ${segment.sequence}`;
    },
  },
  {
    id: 'C-HLS-20/joined',
    sentence: 'The parts of a segment, joined, are the segment.',
    *broken({ segment, bytes, parts }) {
      if (parts.length > 0 && !equalBytes(concatBytes(parts.map((part) => part.bytes)), bytes))
        yield `segment ${segment.sequence}`;
    },
  },
  {
    id: 'C-HLS-20/independent',
    sentence: 'A part that begins with a key frame is said to be independent, and one without any is not (4.4.4.9).',
    *broken({ segment, parts }) {
      for (const [index, { part, piece }] of parts.entries()) {
        // Where there is a picture, sound alone is nothing to begin with.
        const main = piece && (piece.tracks.find(({ kind }) => kind === 'video') ?? mainOf(piece));
        if (!main?.samples[0]) continue;
        const [begins, has] = [isKeySample(main.samples[0]), main.samples.some(isKeySample)];
        if (part.independent ? !has : begins) yield `part ${segment.sequence}.${index}`;
      }
    },
  },
  {
    id: 'C-HLS-20/duration',
    sentence: 'DURATION is how long a part lasts, to a frame.',
    *broken({ segment, parts }) {
      for (const [index, { part, piece }] of parts.entries()) {
        const off = piece && mainOf(piece) ? errorOf(part.duration, piece, ROUNDING) : 0;
        if (off !== 0) yield `part ${segment.sequence}.${index} by ${off.toFixed(4)} s`;
      }
    },
  },
];

/** What the next segment is held against. */
export function pastOf({ segment, piece, before }: SegmentFacts): Past | undefined {
  const main = mainOf(piece);
  if (!main) return undefined;
  const ends = new Map(
    piece.tracks
      .filter(({ samples }) => samples.length > 0)
      .map((track) => [track.id, { end: Math.round(endOf(track) * track.scale), last: track.samples.at(-1)!.dts }]),
  );
  // What had nothing in this segment goes on from before.
  for (const [id, end] of before?.ends ?? []) if (!ends.has(id)) ends.set(id, end);
  return { ends, since: before?.since ?? startOf(main), told: (before?.told ?? 0) + segment.duration };
}

/** What a variant says of its codecs, and what is in its init segments. */
export interface CodecFacts {
  readonly uri: string;
  readonly told: readonly string[];
  readonly found: readonly string[];
}

export const codecRules: readonly Rule<CodecFacts>[] = [
  {
    id: 'C-HLS-15/codecs',
    sentence: 'CODECS names what is in the segments, no more and no less.',
    *broken({ uri, told, found }) {
      const [said, there] = [told, found].map((codecs) => [...new Set(codecs.map(plain))].toSorted().join(', '));
      if (said !== there) yield `${uri} has ${there} and says ${said}`;
    },
  },
];

/** Letters of hexadecimal numbers may be of any size, and there are two spellings of Opus and FLAC. */
function plain(codec: string): string {
  return codec.toLowerCase();
}

function isKeySample({ key, keyInBytes = key }: ReadSample): boolean {
  return keyInBytes;
}
