// Runs inside a server that is watched (`node --import`), as a bad plug-in would. It takes signals: for some its event
// loop stands still, for others it fills the heap.
import { writeSync } from 'node:fs';

/** How long for which signal, in ms. */
const stalls = { SIGURG: 200, SIGIO: 1000, SIGPWR: 5000 } as const;
/** Lists of numbers that are held at a time under pressure: about 160 MB. */
const HELD = 20_000;
/** How many of them are made anew how often, in ms. */
const [ANEW, EVERY] = [200, 10];

for (const [signal, ms] of Object.entries(stalls)) {
  process.on(signal, () => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    writeSync(2, `\nstood still for ${ms} ms\n`);
  });
}

const held: object[] = [];
const list = (): object => Array.from({ length: 1000 }, () => Math.random());

// The collector always has something to do.
process.on('SIGVTALRM', () => {
  setInterval(() => {
    const full = held.length >= HELD;
    for (let i = 0; i < ANEW; i++) held[full ? Math.floor(Math.random() * HELD) : held.length] = list();
    if (!full && held.length >= HELD) writeSync(2, '\nunder pressure\n');
  }, EVERY).unref();
});

// What nobody frees: the heap fills until the process ends.
process.on('SIGTTOU', () => {
  for (;;) held.push(list());
});
