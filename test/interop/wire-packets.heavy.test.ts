import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Program, program, runProgram, testWith } from '../programs.ts';
import { film } from './films.ts';
import { openOldBroadcast } from './old-broadcast.ts';
import { playersNamed } from './players.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { show } from './showing.ts';
import type { Stage } from './stage.ts';

/** Where a chunk's time needs its extended field, in seconds. */
const EXTENDED = 2 ** 24 / 1000;
const LIMIT_MS = 60_000;

testWith(
  ['ffmpeg', 'rtmpdump', 'tshark'],
  'tshark finds no fault with a publisher’s and two players’ packets',
  {},
  async () => {
    const sent = await film('b-frames');
    const stage = await openOldBroadcast(sent, EXTENDED - 2.4);
    const { file, stop } = await capture(stage);
    const { complaints, cells } = await show({
      stage,
      film: sent,
      players: playersNamed('ffmpeg by RTMP', 'rtmpdump'),
      manner: 'join',
      send: (name, url) => sendWithFfmpeg(name, url, ['-output_ts_offset', String(EXTENDED + 1)]),
    });
    expect(complaints).toBe('');
    for (const { faults } of cells.values()) expect(faults).toEqual([]);
    await stop();

    const dissect = async (filter: string, ...fields: string[]): Promise<string[]> => {
      // It does not believe in chunks above 32 KiB otherwise.
      const decode = [
        '-r',
        file,
        '-o',
        'rtmpt.max_packet_size:16777215',
        '-d',
        `tcp.port==${stage.server.rtmp.port},rtmpt`,
        '-Y',
        filter,
      ];
      const what = fields.flatMap((field) => ['-e', field]);
      const args = [...decode, ...(what.length > 0 ? ['-T', 'fields', ...what] : [])];
      const { status, stdout, stderr } = await runProgram(program('tshark'), args, { limitMs: LIMIT_MS });
      expect(status, stderr).toBe(0);
      return stdout.split('\n').filter((line) => line !== '');
    };
    expect(await dissect('_ws.expert.severity >= error')).toEqual([]);
    const said = (await dissect('amf.string', 'amf.string')).join('\n');
    for (const word of ['publish', 'play', 'NetStream.Publish.Start', 'NetStream.Play.Start'])
      expect(said).toContain(word);
    // Each picture was read: as often as it was sent and played.
    const types = (await dissect('rtmpt.header.typeid == 9', 'rtmpt.header.typeid')).join(',').split(',');
    expect(types.filter((type) => Number(type) === 9).length).toBeGreaterThan(3 * 240);
    for (const side of ['srcport', 'dstport']) {
      const extended = await dissect(`rtmpt.header.ets && tcp.${side} == ${stage.server.rtmp.port}`);
      expect(extended.length, side).toBeGreaterThan(0);
    }
  },
);

/** Keeps all packets to and from the server's RTMP port. */
async function capture({ folder, server }: Stage): Promise<{ file: string; stop(): Promise<void> }> {
  const file = join(folder, 'packets.pcapng');
  const args = ['-i', 'lo', '-f', `tcp port ${server.rtmp.port}`, '-w', file];
  const tshark = new Program(program('tshark'), args, { limitMs: LIMIT_MS });
  onTestFinished(async () => void (await tshark.stop('SIGKILL')));
  await tshark.says(/Capturing on|Capture started/, 'stderr');
  return { file, stop: async () => void (await tshark.stop('SIGINT')) };
}
