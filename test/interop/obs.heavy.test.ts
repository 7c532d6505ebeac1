import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder } from '../output.ts';
import { Program, program, runProgram, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { startTestServer } from '../test-server.ts';
import { complaintsOf, packetsOf } from './packets.ts';

const LIMIT_MS = 80_000;
const FRAME_RATE = 30;

testWith(['ffmpeg', 'obs', 'xvfb'], 'OBS goes live, and a player decodes 3 s of it', {}, async () => {
  const server = await startTestServer();
  onTestFinished(() => server.close());
  const { hub, rtmp } = server.server;
  const home = temporaryFolder();
  configure(home, { server: `rtmp://127.0.0.1:${rtmp.port}/live`, key: server.key });
  const obs = await startObs(home);
  const isLive = (): boolean => hub.stream('live/lobby')?.state === 'live';
  await until('OBS is live', isLive, LIMIT_MS / 2);

  const url = `${server.base}/live/lobby.flv`;
  const input = ['-v', 'warning', '-xerror', '-rw_timeout', '9000000', '-t', '3', '-i', url];
  const outputs = ['-c', 'copy', '-f', 'framecrc', '-', '-f', 'null', '-'];
  const outcome = await runProgram(program('ffmpeg'), [...input, ...outputs], { limitMs: LIMIT_MS });
  expect(complaintsOf(outcome)).toBe('');
  const packets = packetsOf(outcome.stdout);
  expect(packets.filter(({ kind }) => kind === 'video').length).toBeGreaterThanOrEqual(3 * FRAME_RATE - 3);
  expect(packets.filter(({ kind }) => kind === 'audio').length).toBeGreaterThanOrEqual((3 * 48_000) / 1024 - 3);

  const { signal } = await obs.stop('SIGTERM');
  expect(signal).not.toBe('SIGKILL');
  await until('the stream is over', () => !isLive());
});

/** What OBS keeps in its home, so that it asks nothing and shows one colour. */
function configure(home: string, service: { server: string; key: string }): void {
  const base = join(home, '.config', 'obs-studio');
  const profile = join(base, 'basic', 'profiles', 'judge');
  const scenes = join(base, 'basic', 'scenes');
  for (const folder of [profile, scenes]) mkdirSync(folder, { recursive: true });
  const ini = (sections: Record<string, Record<string, string | number | boolean>>): string =>
    Object.entries(sections)
      .map(([name, entries]) =>
        [`[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key}=${value}`)].join('\n'),
      )
      .join('\n');
  const names = { Profile: 'judge', ProfileDir: 'judge', SceneCollection: 'judge', SceneCollectionFile: 'judge' };
  writeFileSync(
    join(base, 'global.ini'),
    ini({
      General: { FirstRun: true, EnableAutoUpdates: false, LastVersion: 486_539_266 },
      Basic: names,
      BasicWindow: { WarnBeforeStartingStream: false, WarnBeforeStoppingStream: false },
      OBSWebSocket: { FirstLoad: false, ServerEnabled: false },
    }),
  );
  const size = { BaseCX: 640, BaseCY: 360, OutputCX: 640, OutputCY: 360 };
  writeFileSync(
    join(profile, 'basic.ini'),
    ini({
      General: { Name: 'judge' },
      Video: { ...size, FPSCommon: FRAME_RATE },
      Audio: { SampleRate: 48_000 },
      Output: { Mode: 'Simple' },
      SimpleOutput: { StreamEncoder: 'x264', VBitrate: 800, ABitrate: 96, Preset: 'ultrafast' },
    }),
  );
  const settings = { ...service, use_auth: false, bwtest: false };
  writeFileSync(join(profile, 'service.json'), JSON.stringify({ type: 'rtmp_custom', settings }));
  const colour = { id: 'color_source', versioned_id: 'color_source_v3', name: 'Colour' };
  const scene = { id: 'scene', versioned_id: 'scene', name: 'Scene' };
  const items = [{ id: 1, name: 'Colour', visible: true, pos: { x: 0, y: 0 }, scale: { x: 1, y: 1 } }];
  const sources = [
    { ...colour, settings: { color: 4_289_374_890, width: 640, height: 360 } },
    { ...scene, settings: { id_counter: 1, items } },
  ];
  const collection = { name: 'judge', current_scene: 'Scene', current_program_scene: 'Scene' };
  writeFileSync(
    join(scenes, 'judge.json'),
    JSON.stringify({ ...collection, scene_order: [{ name: 'Scene' }], sources }),
  );
}

/** OBS on a screen that is not there. */
async function startObs(home: string): Promise<Program> {
  const screen = ['-displayfd', '1', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const xvfb = new Program(program('xvfb'), screen, { limitMs: LIMIT_MS });
  onTestFinished(async () => void (await xvfb.stop()));
  const [, display] = await xvfb.says(/^(\d+)\n/);
  const args = ['--startstreaming', '--minimize-to-tray', '--multi', '--profile', 'judge', '--collection', 'judge'];
  const { WAYLAND_DISPLAY: _, ...rest } = process.env;
  const env = { ...rest, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: `:${display}`, LIBGL_ALWAYS_SOFTWARE: '1' };
  const obs = new Program(program('obs'), args, { limitMs: LIMIT_MS, cwd: home, env });
  onTestFinished(async () => void (await obs.stop('SIGKILL')));
  return obs;
}
