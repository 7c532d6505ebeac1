import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { film, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import { SECOND } from '../../../src/media/time.ts';
import { FlvReader } from '../../flv-reader.ts';
import { until } from '../../servers.ts';
import { settle } from '../../virtual-scheduler.ts';
import { HttpStage, PATH } from './stage.ts';

const { video, audio } = sample;
const CANCEL = 0x8;
const ADDRESS = `/${PATH}.flv`;

/** A viewer by a stream of HTTP/2. */
class StreamViewer {
  readonly flv: FlvReader = new FlvReader();
  readonly stream: ClientHttp2Stream;
  body: Buffer = Buffer.alloc(0);
  headers: (IncomingHttpHeaders & IncomingHttpStatusHeader) | undefined;
  /** How it ended: cleanly, or by a reset. */
  ended: 'end' | 'reset' | undefined;

  constructor(client: ClientHttp2Session, headers: OutgoingHttpHeaders) {
    this.stream = client.request({ ':path': ADDRESS, ...headers });
    this.stream.on('error', () => {});
    this.stream.on('response', (answer) => (this.headers = answer));
    this.stream.on('data', (bytes: Buffer) => {
      this.body = Buffer.concat([this.body, bytes]);
      this.flv.push(bytes);
    });
    this.stream.on('end', () => (this.ended ??= this.stream.rstCode === 0 ? 'end' : 'reset'));
    this.stream.on('close', () => (this.ended ??= 'reset'));
  }

  get pictures(): number {
    return this.flv.media('video').length;
  }

  async answered(): Promise<IncomingHttpHeaders & IncomingHttpStatusHeader> {
    await until('it is answered', () => this.headers);
    return this.headers!;
  }
}

interface Stage {
  stage: HttpStage;
  watch(headers?: OutgoingHttpHeaders): StreamViewer;
}

/** A server’s media routes behind a bare HTTP/2 server, and one connection to that. */
async function start(options: Parameters<typeof HttpStage.start>[0] = {}): Promise<Stage> {
  const stage = await HttpStage.start(options);
  const { media } = stage.app.http;
  const server = createServer((request, response) => {
    const pathname = request.url;
    const route = media.find(({ match }) => match(pathname) !== undefined)!;
    route.handle(request, response, route.match(pathname)!);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {});
  const warnings: string[] = [];
  const warn = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warn);
  onTestFinished(async () => {
    client.destroy();
    server.close();
    await settle();
    process.off('warning', warn);
    // Node warns of headers that HTTP/2 does not have.
    expect(warnings).toEqual([]);
  });
  return { stage, watch: (headers = {}) => new StreamViewer(client, headers) };
}

describe('a viewer over HTTP/2', () => {
  test('is answered at once where nothing is live, gets the picture when there is one, and a clean end', async () => {
    const { stage, watch } = await start();
    const viewer = watch();
    const headers = await viewer.answered();
    expect(headers).toMatchObject({
      ':status': 200,
      'content-type': 'video/x-flv',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    await stage.pass(20 * SECOND);
    expect([viewer.body.length, viewer.ended, stage.viewers]).toEqual([0, undefined, 1]);
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 25 }));
    by.end('ended');
    await until('it ends', () => viewer.ended);
    expect([viewer.ended, viewer.flv.fault, viewer.pictures, stage.viewers]).toEqual(['end', undefined, 25, 0]);
  });

  test('gets no chunks, whatever it is made of', async () => {
    const { stage, watch } = await start();
    const viewer = watch({ 'user-agent': 'Lavf/60.1.0' });
    const headers = await viewer.answered();
    expect(Object.keys(headers)).not.toContain('transfer-encoding');
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 3 }));
    by.end('ended');
    await until('it ends', () => viewer.ended);
    expect([viewer.flv.fault, viewer.pictures]).toEqual([undefined, 3]);
  });

  test('shares its connection: who leaves takes nobody along, and each has its own bytes counted', async () => {
    const { stage, watch } = await start();
    const by = await stage.publish();
    const viewers = [watch(), watch(), watch({ ':path': `/${PATH}.mp4` })];
    for (const viewer of viewers) await viewer.answered();
    await stage.run(by, film({ video, audio, count: 25 }));
    const [leaves, stays, other] = viewers as [StreamViewer, StreamViewer, StreamViewer];
    await until('pictures arrive', () => leaves.pictures === 25 && stays.pictures === 25 && other.body.length > 0);
    const sent = [...stage.server.hub.sessions.values()].filter(({ action }) => action === 'play');
    const counted = sent.map(({ traffic }) => traffic.out).sort((a, b) => a - b);
    expect(counted).toEqual(viewers.map(({ body }) => body.length).sort((a, b) => a - b));
    leaves.stream.close(CANCEL);
    await until('it has left', () => stage.viewers === 2);
    await stage.run(by, film({ video, audio, count: 5, from: 1000 }));
    await until('the others go on', () => stays.pictures === 30);
    expect([stays.ended, other.ended]).toEqual([undefined, undefined]);
  });

  test('is gone within two seconds of a kick, and told so for a while', async () => {
    const { stage, watch } = await start();
    const viewer = watch();
    await viewer.answered();
    const stays = watch({ 'user-agent': 'another' });
    await stays.answered();
    const [session] = [...stage.server.hub.sessions.values()];
    stage.server.hub.kick(session!.id);
    await stage.pass(2 * SECOND);
    await until('it is closed', () => viewer.ended);
    expect([stays.ended, stage.viewers]).toEqual([undefined, 1]);
    const again = watch();
    expect((await again.answered())[':status']).toBe(403);
    await until('all is said', () => again.ended === 'end');
    expect(JSON.parse(again.body.toString())).toMatchObject({ error: { code: 'kicked' } });
  });

  test('that takes nothing is reset with a line of the log, and its neighbour is not', async () => {
    const { stage, watch } = await start({ limits: { viewerStall: 1 } });
    const by = await stage.publish();
    const [dead, alive] = [watch(), watch()];
    for (const viewer of [dead, alive]) await viewer.answered();
    dead.stream.pause();
    by.announce(audio);
    for (let i = 0; i < 22; i++) {
      by.write(frameOf(video, { ms: i * 40, key: true, size: 100_000 }));
      await stage.pass(SECOND / 10);
      await until('the other one reads', () => alive.pictures >= i);
    }
    expect([stage.viewers, alive.ended]).toEqual([1, undefined]);
    expect(stage.log.filter(({ fields }) => fields['code'] === 'stalled')).toHaveLength(1);
  });

  test('who has to go before it was answered is not answered', async () => {
    const { stage, watch } = await start();
    stage.server.hub.events.on('session-start', ({ id }) => queueMicrotask(() => stage.server.hub.kick(id)));
    const viewer = watch();
    await until('it is over', () => viewer.ended);
    await stage.pass(SECOND);
    expect([viewer.ended, viewer.headers, stage.viewers]).toEqual(['reset', undefined, 0]);
  });

  test.each([
    [{ ':path': '/live/nowhere.flv' }, 404, 'not-found'],
    [{ ':path': '/live/a/b.flv' }, 400, 'bad-path'],
    [{ ':method': 'DELETE' }, 405, 'bad-request'],
  ])('is refused in words: %o', async (headers, status, code) => {
    const { watch } = await start({ publish: 'key' });
    const viewer = watch(headers);
    expect((await viewer.answered())[':status']).toBe(status);
    await until('all is said', () => viewer.ended === 'end');
    expect(JSON.parse(viewer.body.toString())).toMatchObject({ error: { code } });
  });

  test.each([
    ['HEAD', 200],
    ['OPTIONS', 204],
  ])('asks with %s and gets a head alone', async (method, status) => {
    const { stage, watch } = await start();
    const viewer = watch({ ':method': method });
    expect((await viewer.answered())[':status']).toBe(status);
    await until('that is all', () => viewer.ended === 'end');
    expect([viewer.body.length, stage.viewers]).toEqual([0, 0]);
  });
});
