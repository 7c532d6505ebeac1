import { describe, expect, onTestFinished } from 'vitest';
import { type Outcome, program, Program, runProgram, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { compare } from './compare.ts';
import { film } from './films.ts';
import { complaintsOf, readWithFfmpeg } from './packets.ts';
import { sendWithFfmpeg } from './publishers.ts';

const LIMIT_MS = 20_000;
const SECONDS = 2;

describe('a room that has a key', () => {
  const forms: { name: string; address: (key: string) => string }[] = [
    { name: 'rtmp://host/live with the key as the stream', address: (key) => `live/${key}` },
    { name: 'rtmp://host/live/SLUG?key=KEY', address: (key) => `live/lobby?key=${key}` },
  ];
  for (const { name, address } of forms) {
    testWith(['ffmpeg', 'rtmpdump'], `${name}: ffmpeg publishes, the room’s viewers see it`, {}, async () => {
      const { rtmp, key, server } = await open();
      const sent = await film('b-frames', SECONDS);
      const viewer = readWithFfmpeg(`${rtmp}/live/lobby`, LIMIT_MS);
      await until('the viewer waits', () => server.hub.viewers('live/lobby') === 1);
      const sender = sendWithFfmpeg(sent.file, `${rtmp}/${address(key)}`);
      expect(complaintsOf(await sender.done)).toBe('');
      const { packets, complaints } = await viewer;
      expect(complaints).toBe('');
      expect(compare(sent.packets, packets)).toMatchObject({ faults: [], pictures: pictures(sent.packets) });
    });
  }
});

describe('ffmpeg is told why not', () => {
  const refusals: { name: string; address: (key: string) => string; words: string }[] = [
    { name: 'no key', address: () => 'live/lobby', words: 'wrong-key: The stream key is missing' },
    {
      name: 'a wrong key',
      address: () => 'live/lobby?key=rk_aaaaaaaaaaaaaaaaaaaaaaaaaa',
      words: 'wrong-key: The stream key is missing',
    },
    {
      name: 'a key of no room',
      address: () => 'live/rk_aaaaaaaaaaaaaaaaaaaaaaaaaa',
      words: 'wrong-key: The stream key is missing',
    },
    {
      name: 'the room’s key for another room',
      address: (key) => `live/garden?key=${key}`,
      words: 'wrong-key: The stream key is missing',
    },
    {
      name: 'a path of a wrong form',
      address: (key) => `live/a/b/c/d/e/f?key=${key}`,
      words: 'bad-path: The path is not of the form',
    },
  ];
  for (const { name, address, words } of refusals) {
    testWith(['ffmpeg'], `when it publishes with ${name}`, {}, async () => {
      const { rtmp, key } = await open();
      const { file } = await film('b-frames', SECONDS);
      const outcome = await sendWithFfmpeg(file, `${rtmp}/${address(key)}`).done;
      expectRefused(outcome, words);
    });
  }

  testWith(['ffmpeg'], 'when it plays a room that is not there, or a key', {}, async () => {
    const { rtmp, key } = await open();
    const said: string[] = [];
    for (const path of ['live/nowhere', `live/${key}`]) {
      const args = ['-v', 'warning', '-rw_timeout', '9000000', '-i', `${rtmp}/${path}`, '-f', 'null', '-'];
      const outcome = await runProgram(program('ffmpeg'), args, { limitMs: LIMIT_MS });
      expectRefused(outcome, 'not-found: There is nothing under this address.');
      said.push(/Server error: (.*)/.exec(outcome.stderr)![1]!);
    }
    expect(said[0]).toBe(said[1]);
  });

  testWith(['ffmpeg', 'rtmpdump'], 'when rtmpdump plays a room that is not there', {}, async () => {
    const { rtmp } = await open();
    const dump = new Program(program('rtmpdump'), ['-v', '-r', `${rtmp}/live/nowhere`, '-o', '/dev/null'], {
      limitMs: LIMIT_MS,
    });
    const { status, stderr, late } = await dump.done;
    expect({ late, failed: status !== 0 }).toEqual({ late: false, failed: true });
    expect(stderr).toContain('NetStream.Play.StreamNotFound');
  });
});

function expectRefused({ status, late, stderr }: Outcome, words: string): void {
  expect({ late, failed: status !== 0 }, stderr).toEqual({ late: false, failed: true });
  const said = /Server error: (.*)/.exec(stderr)?.[1];
  expect(said, stderr).toContain(words);
}

function pictures(packets: readonly { kind: string }[]): number {
  return packets.filter(({ kind }) => kind === 'video').length;
}

async function open(): Promise<TestServer & { rtmp: string }> {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  return { ...server, rtmp: `rtmp://127.0.0.1:${server.server.rtmp.port}` };
}
