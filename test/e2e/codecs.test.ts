import { expect, test } from 'vitest';
import { hevcCases } from '../../src/media/codec/h265-cases.ts';
import { SECOND } from '../../src/media/time.ts';
import { publish } from '../publish.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { disguised, encoded, type FilmName, publishFilm } from './films.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

const hevc = { codec: 'h265', config: hevcCases[0]!.bytes } as const;
const vp8 = { codec: 'vp8', config: new Uint8Array() } as const;
const ac3 = { codec: 'ac3', config: Uint8Array.of(0x10, 0x11, 0xe0) } as const;

test('AV1 with Opus, H.264 with FLAC and VP9 with Opus play, for as long as they come', async () => {
  await Promise.all((['av1-opus', 'h264-flac', 'vp9-opus'] as const).map(playsOn));
});

async function playsOn(film: FilmName): Promise<void> {
  const server = await startServer();
  await publishFilm(server, await encoded(film));
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  expect(await viewer.plays(), film).toMatchObject({ width: 320 });
  await until(`there is sound of ${film}`, async () => (await viewer.picture()).soundBytes > 0);
  // Past the second and third key frame, and past the end of the film.
  await until(`${film} goes on`, async () => (await viewer.picture()).time > 6);
  expect(await viewer.plays(), film).toMatchObject({ width: 320 });
  expect(await viewer.faults.all(), film).toEqual([]);
}

test('of packets of Opus of 60 ms and of 2.5 ms none is left out or repeated', async () => {
  await Promise.all((['opus-60', 'opus-2.5'] as const).map(losesNothing));
});

async function losesNothing(name: FilmName): Promise<void> {
  const server = await startServer();
  const film = await encoded(name);
  await publishFilm(server, film);
  const sound = film.frames.filter(({ track }) => track.kind === 'audio');
  const rate = sound.reduce((sum, { data }) => sum + data.length, 0) / (film.duration / SECOND);
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await viewer.plays();
  const before = await viewer.picture();
  await until(`some seconds of ${name} are played`, async () => (await viewer.picture()).time > before.time + 3);
  const now = await viewer.picture();
  const played = (now.soundBytes - before.soundBytes) / (now.time - before.time);
  expect(played / rate, name).toBeGreaterThan(0.8);
  expect(played / rate, name).toBeLessThan(1.25);
}

test('where the browser cannot play the picture, it plays the sound and says which address has both', async () => {
  const server = await startServer();
  const film = await publishFilm(server, await disguised({ video: hevc }));
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await viewer.says('Sound only');
  await viewer.says('This browser cannot play the picture, which is in H.265.');
  await viewer.says(`${server.http}/live/lobby.flv`);
  const { time } = await viewer.picture();
  await until('sound is played', async () => {
    const now = await viewer.picture();
    return now.soundBytes > 0 && now.time > time + 1 && !now.paused;
  });
  await viewer.photograph('viewer-picture-unplayable');

  // The publisher changes to what can be played.
  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await viewer.plays();
  expect(await viewer.page.getByText('H.265').count()).toBe(0);
  film.end();
  expect(viewer.neverReloaded).toBe(true);
  expect(await viewer.faults.all()).toEqual([]);
});

test('where the browser can play nothing of it, it joins nothing, and starts by itself when there is something', async () => {
  const server = await startServer();
  await publishFilm(server, await disguised({ video: hevc, audio: ac3 }));
  const profile = await browser.profile({ permissions: ['clipboard-read', 'clipboard-write'] });
  const viewer = await RoomPage.open(profile, `${server.http}/lobby`);
  await viewer.shows('unsupported');
  await viewer.says('It is in H.265, AC-3. Another browser may play it');
  const address = `${server.http}/live/lobby.flv`;
  await viewer.button('Copy the address').click();
  await viewer.says('Copied');
  expect(await viewer.page.evaluate('navigator.clipboard.readText()')).toBe(address);
  await viewer.photograph('viewer-unplayable');
  await until('nobody is joined', () => server.server.hub.viewers('live/lobby') === 0);

  await publish('plain', `${server.rtmp}/live/lobby`, { loop: true });
  await viewer.plays();
  expect(viewer.neverReloaded).toBe(true);
});

test('where the browser cannot play the sound, it plays the picture and says so', async () => {
  const server = await startServer();
  const film = await publishFilm(server, await disguised({ audio: ac3 }));
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await viewer.plays();
  await viewer.says('No sound here');
  await viewer.says(/This browser cannot play AC-3\. Another may/);
  expect(await viewer.button('Turn on sound').count()).toBe(0);
  await viewer.photograph('viewer-sound-unplayable');
  await viewer.button('Close').click();
  const notice = viewer.page.getByText('No sound here').first();
  await notice.waitFor({ state: 'detached' });

  // What was closed stays closed, also after the picture was gone.
  film.end();
  await viewer.shows('ended');
  await publishFilm(server, await disguised({ audio: ac3 }));
  await viewer.plays();
  expect(await notice.count()).toBe(0);
});

test('where nothing common reads the stream, no player is named', async () => {
  const server = await startServer();
  await publishFilm(server, await disguised({ video: vp8 }));
  const viewer = await RoomPage.open(await browser.profile(), `${server.http}/lobby`);
  await viewer.says('The picture is in VP8, which this page cannot play yet.');
  await viewer.says('Ask for H.264.');
  expect(await viewer.button('Copy the address').count()).toBe(0);
});

test('the owner sees all tracks, and which of them viewers get', async () => {
  const server = await startServer();
  const film = await disguised({});
  const second = { ...film.tracks.find(({ kind }) => kind === 'audio')!, id: 17 };
  await publishFilm(server, { ...film, tracks: [...film.tracks, second] });
  const owner = await RoomPage.open(await browser.profile(), server.server.link());
  await owner.plays();
  const tracks = owner.page.getByRole('list', { name: 'Tracks' }).getByRole('listitem');
  await until('three tracks are listed', async () => (await tracks.count()) === 3);
  expect(await tracks.allInnerTexts()).toEqual([
    expect.stringMatching(/^Picture\s+H\.264 .*640×360\s+viewers get this one$/s),
    expect.stringMatching(/^Sound\s+AAC 44\.1 kHz stereo\s+viewers get this one$/s),
    expect.stringMatching(/^Sound\s+AAC 44\.1 kHz stereo$/s),
  ]);
});
