import { type AddressInfo, createServer } from 'node:net';
import { onTestFinished, describe, expect, test } from 'vitest';
import { amfObject } from '../../../src/containers/amf/index.ts';
import { systemScheduler } from '../../../src/io/scheduler.ts';
import { connectRtmp, type RtmpEnd } from '../../../src/protocols/rtmp/client.ts';
import { command } from '../../../src/protocols/rtmp/replies.ts';
import { RtmpWire } from '../../../src/protocols/rtmp/wire.ts';
import { startServer } from '../../servers.ts';
import { wireOptions } from './wire-peer.ts';

const scheduler = systemScheduler();

/** A server that sends whoever publishes to another place, and where it listens. */
async function mover(place: string): Promise<string> {
  const server = createServer((socket) => {
    const wire = new RtmpWire({ ...wireOptions, now: 0 });
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      const asked = wire.receive(new Uint8Array(bytes), 0).some(({ type }) => type === 'publish');
      if (asked) wire.accept(0);
      for (const part of wire.toSend()) socket.write(part);
      if (!asked) return;
      const code = 'NetConnection.Connect.ReconnectRequest';
      socket.write(command(0, 'onStatus', 0, null, amfObject({ level: 'status', code, tcUrl: place })));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `rtmp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function movedFrom(url: string): Promise<Extract<RtmpEnd, { reason: 'reconnect' }>> {
  const client = await connectRtmp({ url, action: 'publish', scheduler });
  onTestFinished(() => client.destroy());
  const end = await client.ended;
  if (end.reason !== 'reconnect') throw new Error(`It ended with ${end.reason}.`);
  return end;
}

describe('C-ERTMP-07 our client, asked to connect anew', () => {
  test('C-ERTMP-07 goes to the place that the server names, with the name it had', async () => {
    const at = await startServer();
    const from = await mover(`${at.rtmp}/live?tok=1`);
    const { target } = await movedFrom(`${from}/app/inst/a?x=1`);
    expect(target).toMatchObject({ app: 'live?tok=1', name: 'a?x=1' });
    const client = await connectRtmp({ url: from, target: target!, action: 'publish', scheduler });
    onTestFinished(() => client.destroy());
    expect([...at.server.hub.sessions.values()].map(({ path }) => path)).toEqual(['live/a']);
  });

  test('C-ERTMP-07 says so where it cannot go there', async () => {
    const { target, error } = await movedFrom(`${await mover('http://other/live')}/live/a?key=SECRET`);
    expect(target).toBeUndefined();
    expect(error.message).toContain('at a place that is not of the form');
    expect(error.message).not.toContain('SECRET');
  });
});
