// Says in words what a person is waiting for. Plain JavaScript for Node 18 and newer. Everything goes to standard error:
// standard output belongs to the program that is started.
const SECOND = 1000;

/** Runs `work` under a title; what takes longer than a second shows the time it has taken. */
export async function step(title, work) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / SECOND);
  const terminal = process.stderr.isTTY;
  process.stderr.write(terminal ? `${title} …` : `${title} …\n`);
  const timer = terminal && setInterval(() => process.stderr.write(`\r${title} … ${seconds()} s`), SECOND);
  let outcome = 'failed';
  try {
    const value = await work();
    outcome = 'done';
    return value;
  } finally {
    clearInterval(timer);
    if (terminal) process.stderr.write(`\r${title} … ${outcome}${seconds() >= 1 ? `, ${seconds()} s` : ''}\n`);
    else if (seconds() >= 1) process.stderr.write(`${title}: ${outcome}, ${seconds()} s\n`);
  }
}
