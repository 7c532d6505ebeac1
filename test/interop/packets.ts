import { program, runProgram, type Outcome } from '../programs.ts';

/** One packet as ffmpeg lists it. */
export interface Packet {
  kind: 'video' | 'audio';
  /** Seconds. */
  pts: number;
  dts: number;
  size: number;
  /** Decoding can start here. */
  key: boolean;
  /** Of its bytes. */
  sum: string;
}

/**
 * Reads an address with ffmpeg to its end: copies what comes into a list of packets and decodes it at the same time. Any
 * complaint of the decoder is an error.
 */
export async function readWithFfmpeg(
  url: string,
  limitMs = 60_000,
): Promise<{ packets: Packet[]; complaints: string; outcome: Outcome }> {
  const input = ['-v', 'warning', '-xerror', ...(url.includes('://') ? ['-rw_timeout', '15000000'] : []), '-i', url];
  const tracks = ['-map', '0:v?', '-map', '0:a?'];
  const outputs = [...tracks, '-c', 'copy', '-f', 'framecrc', '-', ...tracks, '-f', 'null', '-'];
  const outcome = await runProgram(program('ffmpeg'), [...input, ...outputs], { limitMs });
  return { packets: packetsOf(outcome.stdout), complaints: complaintsOf(outcome), outcome };
}

/** The packets in a framecrc listing. */
export function packetsOf(text: string): Packet[] {
  const bases = new Map<string, number>();
  const kinds = new Map<string, 'video' | 'audio'>();
  const packets: Packet[] = [];
  for (const line of text.split('\n')) {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (base) bases.set(base[1]!, Number(base[2]) / Number(base[3]));
    const media = /^#media_type (\d+): (video|audio)/.exec(line);
    if (media) kinds.set(media[1]!, media[2] as 'video' | 'audio');
    const [stream, dts, pts, , size, sum, flags] = line.split(',').map((field) => field.trim());
    if (line.startsWith('#') || sum === undefined) continue;
    const unit = bases.get(stream!)!;
    packets.push({
      kind: kinds.get(stream!)!,
      dts: Number(dts) * unit,
      pts: Number(pts) * unit,
      size: Number(size),
      key: flags === undefined || !flags.startsWith('F=0x0'),
      sum,
    });
  }
  return packets;
}

/** How a program ended where it should not have, and all that it said. */
export function complaintsOf({ status, signal, late, stderr }: Outcome): string {
  const end = late ? 'was still running' : signal ? `ended by ${signal}` : status === 0 ? '' : `exit status ${status}`;
  return [end, stderr.trim()].filter((line) => line !== '').join('\n');
}
