import { program, runProgram, type Outcome } from '../programs.ts';

/** One packet as ffmpeg lists it. */
export interface Packet {
  kind: 'video' | 'audio';
  /** Seconds. */
  pts: number;
  dts: number;
  size: number;
  /** Of its bytes. */
  sum: string;
}

/**
 * Reads an address with ffmpeg to its end: copies what comes into a list of packets and decodes it at the same time. Any
 * complaint of the decoder is an error.
 */
export async function readWithFfmpeg(url: string, limitMs: number): Promise<{ packets: Packet[]; outcome: Outcome }> {
  const input = ['-v', 'warning', '-xerror', ...(url.includes('://') ? ['-rw_timeout', '15000000'] : []), '-i', url];
  const outputs = [
    '-map',
    '0:v?',
    '-map',
    '0:a?',
    '-c',
    'copy',
    '-f',
    'framecrc',
    '-',
    '-map',
    '0:v?',
    '-map',
    '0:a?',
    '-f',
    'null',
    '-',
  ];
  const outcome = await runProgram(program('ffmpeg'), [...input, ...outputs], { limitMs });
  return { packets: packetsOf(outcome.stdout), outcome };
}

/** The packets in a framecrc listing. */
function packetsOf(text: string): Packet[] {
  const bases = new Map<string, number>();
  const kinds = new Map<string, 'video' | 'audio'>();
  const packets: Packet[] = [];
  for (const line of text.split('\n')) {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (base) bases.set(base[1]!, Number(base[2]) / Number(base[3]));
    const media = /^#media_type (\d+): (video|audio)/.exec(line);
    if (media) kinds.set(media[1]!, media[2] as 'video' | 'audio');
    const [stream, dts, pts, , size, sum] = line.split(',').map((field) => field.trim());
    if (line.startsWith('#') || sum === undefined) continue;
    const unit = bases.get(stream!)!;
    packets.push({
      kind: kinds.get(stream!)!,
      dts: Number(dts) * unit,
      pts: Number(pts) * unit,
      size: Number(size),
      sum,
    });
  }
  return packets;
}

/** Seconds by which the sound is later than the picture, at the first packet of each. Undefined without both. */
export function offsetOf(packets: readonly Packet[]): number | undefined {
  const picture = packets.find(({ kind }) => kind === 'video');
  const sound = packets.find(({ kind }) => kind === 'audio');
  return picture && sound && sound.pts - picture.pts;
}

/** What ffmpeg says that is no fault of the stream. */
export function complaints({ stderr }: Outcome): string {
  const harmless =
    /^\s*$|deprecated pixel format|Application provided invalid, non monotonically increasing dts to muxer in stream 1: (\d+) >= \1$/;
  return stderr
    .split('\n')
    .filter((line) => !harmless.test(line))
    .join('\n');
}
