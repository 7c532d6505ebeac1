import { Dictionary, FFmpegError, FormatContext, getFFmpegInfo, IOContext } from 'node-av/lib';
import { AV_NOPTS_VALUE, AVIO_FLAG_WRITE, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { setTimeout as sleep } from 'node:timers/promises';
import { addHdr10 } from './hdr10.ts';
import { Input, packetOf, trackOf } from './input.ts';
import type { JudgedPacket, PublishTask, Verdict } from './verdict.ts';

/** Copies a file's packets into RTMP at their own pace, with a pause until `goOn` where one is asked for. */
export async function publish(
  { file, url, hdr10, pauseAt = Infinity }: PublishTask,
  goOn: Promise<void>,
): Promise<Omit<Verdict, 'complaints'>> {
  const input = await Input.open(file);
  const output = new FormatContext();
  FFmpegError.throwIfError(output.allocOutputContext2(null, 'flv', url), 'flv');
  const streams = input.streams;
  for (const { codecpar, timeBase } of streams) {
    const copy = output.newStream(null);
    FFmpegError.throwIfError(codecpar.copy(copy.codecpar), 'copy');
    copy.codecpar.codecTag = 0;
    if (hdr10 && codecpar.codecType === AVMEDIA_TYPE_VIDEO) addHdr10(copy.codecpar);
    copy.timeBase = timeBase;
  }
  const socket = new IOContext();
  FFmpegError.throwIfError(await socket.open2(url, AVIO_FLAG_WRITE), 'connect');
  output.pb = socket;
  const options = Dictionary.fromObject({ flvflags: 'no_duration_filesize' });
  FFmpegError.throwIfError(await output.writeHeader(options), 'writeHeader');
  const packets: JudgedPacket[] = [];
  let begun = performance.now();
  let paused = false;
  let first: number | undefined;
  for (let stream = await input.next(); stream; stream = await input.next()) {
    const { packet } = input;
    const place = streams.findIndex(({ index }) => index === stream!.index);
    const told = packetOf(packet, stream, place);
    packets.push(told);
    if (packet.dts !== AV_NOPTS_VALUE) {
      first ??= told.dts;
      if (!paused && told.dts - first > pauseAt) {
        const at = performance.now();
        paused = true;
        await goOn;
        begun += performance.now() - at;
      }
      const early = (told.dts - first) * 1000 - (performance.now() - begun);
      if (early > 0) await sleep(early);
    }
    packet.streamIndex = place;
    packet.rescaleTs(stream.timeBase, output.streams[place]!.timeBase);
    FFmpegError.throwIfError(await output.interleavedWriteFrame(packet), 'write');
  }
  FFmpegError.throwIfError(await output.writeTrailer(), 'writeTrailer');
  await socket.closep();
  const tracks = streams.map(trackOf);
  await input.close();
  return { by: getFFmpegInfo().version, tracks, packets };
}
