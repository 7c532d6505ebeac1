import { expect, onTestFinished, test } from 'vitest';
import { program, Program } from '../programs.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { TestBrowser } from './browser.ts';
import { DeskPage } from './desk-page.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** A player that watches until the test is over. */
function watch(url: string): void {
  const player = new Program(program('ffmpeg'), ['-v', 'error', '-i', url, '-c', 'copy', '-f', 'null', '-'], {
    limitMs: 80_000,
  });
  onTestFinished(async () => void (await player.stop('SIGKILL')));
}

/** What the last seconds were like, by the tags that came: bit/s, pictures a second, seconds between key frames. */
function measured({ flv }: Watcher): { bitRate: number; frameRate: number; gop: number } {
  const media = flv.tags.filter(({ kind, config }) => kind !== 'data' && !config);
  const end = media.at(-1)!.timestamp;
  const last = media.filter(({ timestamp }) => timestamp > end - 4000);
  const pictures = flv.media('video');
  const keys = pictures.filter(({ key }) => key).map(({ timestamp }) => timestamp);
  return {
    bitRate: last.reduce((sum, { size }) => sum + size * 8, 0) / 4,
    frameRate: last.filter(({ kind }) => kind === 'video').length / 4,
    gop: (keys.at(-1)! - keys.at(-2)!) / 1000,
  };
}

/** What the desk says under a heading of its figures. */
const figure = async (desk: DeskPage, name: string): Promise<string> =>
  (await desk.desk.locator(`[data-figure="${name}"]`).innerText()).trim();

test('the desk counts what was really watched: by FLV, HLS and RTMP, at once, at most, and since the start', async () => {
  const server = await startServer();
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  const desk = await DeskPage.open(await browser.profile(), server.server.link());
  await desk.room.plays();
  const asked: string[] = [];
  desk.room.page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
  await desk.pane('Viewers', 'Who watches');
  // The page itself is one, over its WebSocket.
  await until('the page is counted', async () => (await figure(desk, 'now')) === '1');
  for (const url of [`${server.http}/live/lobby.flv`, `${server.rtmp}/live/lobby`]) watch(url);
  // One that reads the format by itself, and measures what was sent.
  const witness = new Watcher(`${server.http}/live/lobby.flv`);
  const hls = await RoomPage.open(await browser.profile(), `${server.http}/lobby?play=hls`);
  await hls.plays(30_000);
  await until('five watch', async () => (await figure(desk, 'now')) === '5', 30_000);
  const by = async (): Promise<Record<string, string>> =>
    desk.room.look(
      `Object.fromEntries([...document.querySelectorAll('[data-protocol]')].map((e) => [e.dataset.protocol, e.querySelector('b').textContent]))`,
    );
  expect(await by()).toEqual({ 'ws-flv': '1', 'http-flv': '2', rtmp: '1', hls: '1' });
  expect(await figure(desk, 'peak')).toBe('5');
  const first = [...server.server.hub.sessions.values()].find(
    ({ protocol, access }) => protocol === 'http-flv' && access.remote.agent !== undefined,
  )!;
  expect(server.server.hub.kick(first.id)).toBe(true);
  const gone = (Date.now() - Date.parse(first.toJSON().since)) / 1000;
  await until('one has gone', async () => (await figure(desk, 'now')) === '4');
  expect(await figure(desk, 'peak')).toBe('5');
  // What was watched together is what the sessions themselves say, and the one that has gone.
  const sessions = [...server.server.hub.sessions.values()].filter(({ action }) => action === 'play');
  const lasted = (): number =>
    sessions.reduce((sum, session) => sum + (Date.now() - Date.parse(session.toJSON().since)) / 1000, 0) + gone;
  await until('the time is what they watched', async () => {
    const text = await figure(desk, 'watched');
    const told = /min/.test(text) ? Number.parseInt(text) * 60 : Number.parseInt(text);
    return Math.abs(told - lasted()) <= (/min/.test(text) ? 60 : 8);
  });
  // Two pages told how well they play, the other players cannot.
  await until(
    'both ways are told of',
    async () => (await desk.desk.locator('[data-quality="viewers"]').allInnerTexts()).join() === '2,1,1',
    30_000,
  );
  // How far they are behind is what they say themselves, who are judged by the clock in the picture elsewhere.
  const behind = async ({ page }: RoomPage): Promise<number> => {
    await page.mouse.move(640, 300);
    await page.mouse.move(600, 300);
    return Number.parseFloat(
      (
        await page
          .getByText(/[\d.]+ s behind/)
          .first()
          .innerText()
      ).match(/[\d.]+/)![0],
    );
  };
  await until(
    'both tell how far they are behind',
    async () => {
      const [, ...told] = await desk.desk.locator('[data-quality="latency"]').allInnerTexts();
      const real = [await behind(desk.room), await behind(hls)];
      return real.every((seconds, index) => Math.abs(Number.parseFloat(told[index]!) - seconds) < 1);
    },
    30_000,
  );
  // Bytes of each connection are those that were sent.
  const rtmp = [...server.server.hub.sessions.values()].find(
    ({ protocol, action }) => protocol === 'rtmp' && action === 'play',
  )!;
  const row = desk.desk.locator('.row', { hasText: 'LNX' });
  const before = rtmp.toJSON().bytesOut;
  await until('the desk has as many bytes as were sent', async () => {
    const [, amount = '', unit = ''] = /([\d.]+) (kB|MB)/.exec(await row.innerText()) ?? [];
    const told = Number(amount) * (unit === 'MB' ? 1e6 : 1e3);
    return told >= before * 0.95 && told <= rtmp.toJSON().bytesOut * 1.05;
  });
  await row.getByRole('button').click();
  await desk.answer('Close');
  await until('three watch', async () => (await figure(desk, 'now')) === '3');
  await desk.room.page.getByRole('tab', { name: 'Health', exact: true }).click();
  await desk.desk.getByRole('heading', { name: 'The last hour' }).waitFor();
  await until(
    'the timeline has the viewers',
    async () => (await desk.desk.locator('[data-series="viewers"]').innerText()) === '3',
  );
  const said = async (series: string): Promise<number> => {
    const text = await desk.desk.locator(`[data-series="${series}"]`).innerText();
    return Number.parseFloat(text) * (text.includes('Mbit/s') ? 1e6 : text.includes('kbit/s') ? 1e3 : 1);
  };
  await until('bit rate, frame rate and key frames are those of what was sent', async () => {
    const sent = measured(witness);
    const bitRate = Math.abs((await said('bitRate')) - sent.bitRate) < sent.bitRate / 10;
    const frameRate = Math.abs((await said('frameRate')) - sent.frameRate) <= 1;
    return bitRate && frameRate && Math.abs((await said('gop')) - sent.gop) < 0.1;
  });
  expect(await said('latency')).toBeGreaterThan(0);
  // What goes on is told, and not asked for again and again: once each time its pane is opened, at most.
  for (const [what, most] of Object.entries({ viewers: 0, sessions: 0, qoe: 2, timeline: 2, broadcasts: 2 })) {
    const times = asked.filter((path) => path.endsWith(`/${what}`)).length;
    expect(times, what).toBeGreaterThanOrEqual(Math.min(most, 1));
    expect(times, what).toBeLessThanOrEqual(most);
  }
  // By the keyboard through time.
  const charts = desk.desk.getByRole('group', { name: 'Timeline of the last hour' });
  await charts.focus();
  await desk.room.page.keyboard.press('Home');
  await charts.locator('xpath=..').getByRole('status').filter({ hasText: 'Bit rate' }).waitFor();
  expect(await desk.room.faults.all()).toEqual([]);
});
