import { expect } from 'vitest';
import { until } from '../servers.ts';
import { Control, expectUnharmed } from './control.ts';
import { report } from './report.ts';
import { Talker } from './talker.ts';
import type { WatchedServer } from './watched-server.ts';

/** How soon people can write again once the database can. ms */
const AGAIN = 10_000;

export interface Outage {
  /** Takes away what the database needs. */
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
  /** Whether people can sign in meanwhile; if not, they are told why. */
  signsIn: boolean;
}

/** What has to be in the database afterwards. */
export interface Kept {
  /** Texts of what the room has taken. */
  readonly said: readonly string[];
  /** Cookies of those who have signed in. */
  readonly signedIn: readonly string[];
  /** Cookies of those who have signed out again. */
  readonly signedOut: readonly string[];
}

/**
 * R-03 for a database: people are told, who is signed in stays so, live goes on without a picture less, and people can write
 * again soon after. The server is stopped then.
 */
export async function liveThrough(name: string, server: WatchedServer, { begin, end, signsIn }: Outage): Promise<Kept> {
  const talker = await Talker.enter(server);
  const control = await Control.beside(server);
  const kept: string[] = [];
  const signedIn: string[] = [];
  const signedOut: string[] = [];
  const signIn = async (): Promise<string> => {
    const answer = await talker.signIn();
    if ('code' in answer) throw new Error(`A browser could not sign in: ${answer.code}`);
    return answer.cookie;
  };
  let refused: Record<string, unknown> | undefined;
  const say = async (): Promise<boolean> => {
    const text = `${kept.length} ${crypto.randomUUID()} ${'x'.repeat(400)}`;
    const answer = await talker.say(text);
    if (answer['type'] === 'error') refused = answer;
    else kept.push(text);
    return answer['type'] !== 'error';
  };
  expect(await say()).toBe(true);
  const [before, early] = [await signIn(), await signIn()];

  await begin();
  await until('the room says that it cannot be kept', async () => !(await say()));
  expect(refused).toMatchObject({ type: 'error', code: 'store-failed', message: expect.stringContaining('database') });
  expect(await talker.name()).toContain('Olga');
  if (signsIn) {
    signedIn.push(before, await signIn());
    const late = await signIn();
    for (const cookie of signedIn) expect(await talker.name(cookie)).toContain('Olga');
    signedOut.push(early, late);
  } else {
    expect(await talker.signIn()).toMatchObject({ code: 'store-failed' });
    signedIn.push(before);
    signedOut.push(early);
  }
  for (const cookie of signedOut) {
    expect(await talker.signOut(cookie)).toBe(1008);
    expect(await talker.name(cookie)).toContain('"user":null');
  }
  await control.plays();
  for (let more = 0; more < 5; more++) await say();

  await end();
  const ended = performance.now();
  await until('people can write again', say, AGAIN);
  report('R-03', `${name}: ${kept.length} kept, written again after ${Math.round(performance.now() - ended)} ms`);
  await control.plays();
  report('R-03', `${name}: the longest pause of a viewer ${expectUnharmed(control)} ms`);

  expect((await server.health()).unhandled).toBe(0);
  const { status, stderr } = await server.process.program.stop('SIGTERM');
  expect(status, stderr.slice(-2000)).toBe(0);
  expect(stderr).toMatch(/the database cannot be used/);
  expect(stderr).toMatch(/the database works again/);
  expect(stderr).not.toMatch(/a fault of the server itself|a listener of an event failed|a message to a room failed/);
  return { said: kept, signedIn, signedOut };
}
