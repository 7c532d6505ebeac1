// A program that writes what a chat writes, and says of each message whether it was kept: `node store-writer.ts FOLDER COUNT`.
// Something outside of it makes the system refuse some of its writes.
import { createAudit } from '../../src/features/audit/0007-audit.ts';
import { createChat } from '../../src/features/chat/0006-chat.ts';
import { addPinsAndNotes } from '../../src/features/chat/0009-pins-and-notes.ts';
import { ChatLog } from '../../src/features/chat/chat-log.ts';
import type { MessageRow } from '../../src/features/chat/chat-tables.ts';
import { toRoomcastError } from '../../src/errors.ts';
import { systemScheduler } from '../../src/io/scheduler.ts';
import { openStore } from '../../src/store/store.ts';

/** What was said of a message: `kept`, or the code of the error. */
export type Said = [id: string, outcome: string];

const [, , folder = '', count = '0'] = process.argv;

function row(id: string): MessageRow {
  return {
    ...{ id, rev: id, room: 'r', kind: 'say', who: 'u', name: 'Ann', role: 'viewer', text: `${id} ${'x'.repeat(900)}` },
    ...{ reply_to: null, danmaku: null, broadcast: null, media_time: null, mentions: null, state: 'said' },
    ...{ edited: null, deleted_by: null, first: 0 },
  };
}

const said: Said[] = [];
process.on('unhandledRejection', (error) => {
  said.push(['', `unhandled: ${String(error)}`]);
});

try {
  const store = await openStore({ folder, migrations: [createChat, addPinsAndNotes, createAudit] });
  // The scheduler's timers keep no process alive.
  const alive = setInterval(() => {}, 1000);
  const log = new ChatLog(store, systemScheduler());
  for (let number = 0; number < Number(count);) {
    // Some come alone, and some are one transaction.
    const group = Array.from({ length: 1 + (number % 3) }, () => `${process.pid}-${String(number++).padStart(4, '0')}`);
    const writes = group.map(async (id) => {
      const outcome = await log.add(row(id)).then(
        () => 'kept',
        (error: unknown) => toRoomcastError(error).code,
      );
      said.push([id, outcome]);
    });
    await Promise.all(writes);
  }
  await log.close();
  await store.close();
  clearInterval(alive);
} catch (error) {
  said.push(['', toRoomcastError(error).code]);
}
process.stdout.write(`${JSON.stringify(said)}\n`);
