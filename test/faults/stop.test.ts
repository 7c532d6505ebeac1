import { describe, expect } from 'vitest';
import { testWith } from '../programs.ts';
import { publish } from '../publish.ts';
import { until } from '../servers.ts';
import { RawSocket } from '../raw-socket.ts';
import { SocketPeer } from '../conformance/rtmp/socket-peer.ts';
import { BodyWatcher } from './body-watcher.ts';
import { Control } from './control.ts';
import { report } from './report.ts';
import { endlessProtocols, StalledViewer } from './stalled-viewer.ts';
import { Stopwatch } from './stopwatch.ts';
import { WatchedServer } from './watched-server.ts';

/** The default of `drain`, and what ending the process may add. ms */
const DRAIN = 5000;
const MARGIN = 1000;

describe('R-23 SIGTERM under load', () => {
  testWith(['ffmpeg'], 'R-23 ends everybody in the words of their protocol, and the process with 0', {}, async () => {
    const server = await WatchedServer.startSecure();
    const control = await Control.beside(server, { also: ['http-ts', 'http-mp4', 'ws-mp4', 'h2-mp4', 'hls'] });
    const others = await Promise.all(
      ['a', 'b'].map((name) => publish('plain', `${server.rtmp}/live/${name}`, { loop: true })),
    );
    const able = await SocketPeer.begun(server.rtmpPort, 'publish', 'able', { capsEx: 1 });
    const room = await RawSocket.webSocket(server.httpPort, '/ws/lobby');
    for (const protocol of endlessProtocols) {
      for (let i = 0; i < 10; i++) void new StalledViewer(server, protocol, 'live/control');
    }
    for (let i = 0; i < 10; i++)
      void new BodyWatcher(`https://127.0.0.1:${server.secure.https}/live/control.ts`, { rate: 0 });
    const half = await RawSocket.open(server.httpPort);
    half.write('GET /live/control.flv HTTP/1.1\r\n');
    await until('all of them play', async () => (await server.sessions()).length === 82);
    const { unhandled, warnings } = await server.health();

    const stopwatch = new Stopwatch(server.process.pid);
    server.process.program.kill('SIGTERM');
    await until('the viewers are told', () => Object.values(control.viewers).every(({ ended }) => ended));
    const told = stopwatch.ms;
    const { viewers } = control;
    const ends = Object.fromEntries(Object.entries(viewers).map(([name, { ended }]) => [name, ended]));
    const bodies = { 'http-flv': 'end', 'http-ts': 'end', 'http-mp4': 'end', 'h2-mp4': 'end' };
    expect(ends).toEqual({ ...bodies, 'ws-flv': '1012', 'ws-mp4': '1012', rtmp: 'reconnect' });
    expect(told).toBeLessThan(1000);
    // Its request for what comes next is not held until the process is gone.
    await until('the player of HLS is told', () => control.hls!.ended);
    expect(stopwatch.ms, 'ms until the player of HLS is told').toBeLessThan(1500);
    await able.told('NetConnection.Connect.ReconnectRequest');
    expect((await room.closed()).code).toBe(1012);
    const { https, rtmps } = server.secure;
    for (const port of [server.httpPort, server.rtmpPort, https, rtmps])
      await expect(RawSocket.open(port)).rejects.toThrow(/ECONNREFUSED/);

    const { status, signal, stderr } = await server.process.program.done;
    const took = stopwatch.ms;
    expect({ status, signal, unhandled, warnings }).toEqual({ status: 0, signal: null, unhandled: 0, warnings: [] });
    expect(stderr).not.toMatch(/a fault of the server itself|"level":"error"/);
    expect(took).toBeLessThan(DRAIN + MARGIN);
    for (const program of [control.publisher, ...others]) await program.done;
    report('R-23', `viewers told after ${told} ms, the process gone after ${took} ms`);
  });
});
