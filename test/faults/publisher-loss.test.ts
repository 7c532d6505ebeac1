import { describe, expect } from 'vitest';
import { testWith } from '../programs.ts';
import { Relay } from '../relay.ts';
import { until } from '../servers.ts';
import { expectUnharmed } from './control.ts';
import { report } from './report.ts';
import { expectContinued, expectOneDiscontinuity, getPictures, Room } from './room.ts';

/** How long encoders wait before they connect anew. ms */
const RECONNECT = 2000;
/** How long they may then take to be accepted. ms */
const ACCEPTED = 3000;
/** How long viewers may be without new pictures, from the loss on. ms */
const RESUMED = 5000;
/** After so long without a byte a publisher is taken for lost. ms */
const SILENCE = 5000;

describe('R-08 a publisher whose cable is pulled', () => {
  testWith(
    ['ffmpeg'],
    'R-08 takes its stream over when it comes back after two seconds, and viewers stay',
    {},
    async () => {
      const room = await Room.open();
      const control = await room.control();
      const relay = await Relay.to(room.at.server.rtmp.port);
      await room.publish(relay.port);
      const [viewers, players] = [room.watch(), room.watchHls()];
      await getPictures({ ...viewers, ...players }, 50);

      const pulled = performance.now();
      const [old] = relay.freeze();
      await until('the encoder waits for two seconds', () => performance.now() - pulled >= RECONNECT);
      const begun = performance.now();
      const again = await room.publish(relay.port);
      await getPictures({ ...viewers, ...players }, 50);

      expect(again.child.exitCode).toBeNull();
      expect(room.story).toEqual(['publish', 'starting', 'live', 'publish', 'replaced']);
      const accepted = room.took(begun, room.when('publish', 2));
      expect(accepted).toBeLessThan(ACCEPTED);
      await until('the old connection is gone', () => old!.destroyed);
      const gap = expectContinued(viewers, room, RESUMED);
      expect(gap).toBeLessThan(RESUMED);
      const part = await expectOneDiscontinuity(players, room, RESUMED);
      expect(part, 'ms that a player of HLS waits').toBeLessThan(RESUMED);
      const beside = expectUnharmed(control);
      const waits = `viewers wait ${gap} ms, of HLS ${part} ms`;
      report('R-08', `accepted after ${accepted} ms, ${waits}, those beside ${beside} ms`);
    },
  );

  testWith(['ffmpeg'], 'R-08 is dropped after its silence and may come back within the grace', {}, async () => {
    const room = await Room.open({ limits: { publisherSilence: SILENCE / 1000 }, grace: 10 });
    const relay = await Relay.to(room.at.server.rtmp.port);
    await room.publish(relay.port);
    const [viewers, players] = [room.watch(), room.watchHls()];
    await getPictures({ ...viewers, ...players }, 25);
    const pulled = performance.now();
    const [old] = relay.freeze();
    await room.becomes('waiting');
    const dropped = room.took(pulled);
    expect(dropped).toBeLessThan(SILENCE + 1000);
    await until('the old connection is gone', () => old!.destroyed);
    const begun = performance.now();
    await room.publish(relay.port);
    await room.becomes('live');
    const back = room.took(begun);
    await getPictures({ ...viewers, ...players }, 25);
    expectContinued(viewers, room, SILENCE + ACCEPTED);
    await expectOneDiscontinuity(players, room, SILENCE + ACCEPTED);
    expect(back).toBeLessThan(ACCEPTED);
    expect(room.story).toEqual(['publish', 'starting', 'live', 'waiting', 'lost', 'publish', 'live']);
    report('R-08', `dropped after ${dropped} ms of silence, live ${back} ms after it came back`);
  });
});
