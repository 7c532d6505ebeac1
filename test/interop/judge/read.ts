import { getFFmpegInfo, type Stream } from 'node-av/lib';
import { TrackDecoder } from './decoder.ts';
import { Input, packetOf, trackOf } from './input.ts';
import type { JudgedPacket, JudgedTrack, ReadTask, Verdict } from './verdict.ts';

/** Reads a file or an address to its end and decodes all that is in it. */
export async function read({ url, announces }: ReadTask): Promise<Omit<Verdict, 'complaints'>> {
  const input = await Input.open(url, announces ? { rtmp_enhanced_codecs: announces.join(',') } : {});
  const packets: JudgedPacket[] = [];
  const tracks: { stream: number; told: JudgedTrack; decoder: TrackDecoder }[] = [];
  const trackFor = (stream: Stream): number => {
    const place = tracks.findIndex((track) => track.stream === stream.index);
    if (place >= 0) return place;
    const told = trackOf(stream);
    return tracks.push({ stream: stream.index, told, decoder: new TrackDecoder(stream, told) }) - 1;
  };
  for (const stream of input.streams) trackFor(stream);
  for (let stream = await input.next(); stream; stream = await input.next()) {
    const place = trackFor(stream);
    packets.push(packetOf(input.packet, stream, place));
    tracks[place]!.decoder.decode(input.packet);
  }
  for (const { decoder } of tracks) decoder.finish();
  await input.close();
  return { by: getFFmpegInfo().version, tracks: tracks.map(({ told }) => told), packets };
}
