import { describe, expect, test } from 'vitest';
import { IrcClient } from '../../irc-client.ts';
import { IrcStage, PASSWORD } from './stage.ts';

/** What somebody is no longer allowed ends within this. ms */
const AT_ONCE = 2000;
const stage = new IrcStage({ createRooms: 'accounts', limits: { ircChannels: 3 } });

/** Does something, from which something has to follow in time. */
async function soon(run: () => Promise<unknown>, then: () => Promise<unknown>): Promise<void> {
  await run();
  const start = performance.now();
  await then();
  expect(performance.now() - start).toBeLessThan(AT_ONCE);
}

describe('a room', () => {
  test('that is entered tells its title and who is in it, on pages, too', async () => {
    const room = await stage.room('garden', { title: 'The garden' });
    await stage.page('garden', 'Webby');
    await stage.page('garden', 'Olga');
    const [mona, ann] = [await stage.account('Mona'), await stage.guest('ann')];
    await mona.join(room.toUpperCase());
    ann.say(`JOIN ${room}`);
    expect(await ann.hears('JOIN')).toMatchObject({ params: [room] });
    expect((await ann.hears('332')).params).toEqual(['ann', room, 'The garden']);
    expect((await ann.hears('353')).params[3]!.split(' ').toSorted()).toEqual(['@Mona', 'Webby', 'ann', '~Olga']);
    expect(await mona.hears('JOIN', ({ source = '' }) => source.startsWith('ann!'))).toBeDefined();
    ann.say(`WHO ${room}`);
    const who = (await ann.settled())
      .filter(({ command }) => command === '352')
      .map(({ params }) => [params[5], params[6]]);
    expect(who.toSorted()).toEqual([
      ['Mona', 'H@'],
      ['Olga', 'H~'],
      ['Webby', 'H'],
      ['ann', 'H'],
    ]);
    ann.say('WHOIS mona');
    expect((await ann.hears('319')).params[2]).toBe(`@${room}`);
    expect((await ann.hears('330')).params.slice(1, 3)).toEqual(['Mona', 'Mona']);
    ann.say('WHOIS webby');
    expect((await ann.hears('311')).params[5]).toBe('A guest');
    ann.say(`PART ${room} :enough`);
    expect((await mona.hears('PART')).params).toEqual([room, 'enough']);
    ann.say(`PART ${room}`);
    await ann.hears('442');
  });

  test('with very many people is told in lines that are not too long', async () => {
    const room = await stage.room('crowd');
    const names = Array.from({ length: 40 }, (_, index) => `somebody-with-a-long-name-${index}`);
    for (const name of names) await stage.page('crowd', name);
    const ann = await stage.guest('ann');
    ann.say(`JOIN ${room}`);
    const lines = (await ann.settled()).filter(({ command }) => command === '353');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.flatMap(({ params }) => params[3]!.split(' ')).toSorted()).toEqual(['ann', ...names].toSorted());
  });

  test('is entered by its password, the pass of a link, an account or an invitation, and not without', async () => {
    await stage.room('locked', { watch: 'password', password: 'sesame' });
    await stage.room('linked', { watch: 'link' });
    await stage.room('members', { watch: 'signed-in' });
    await stage.room('invited', { watch: 'list' });
    await stage.room('quiet', { guests: 'off' });
    await stage.room('linked-too', { watch: 'link' });
    const { pass } = await stage.as('Olga', 'POST', 'rooms/linked/passes', {});
    const { pass: other } = await stage.as('Olga', 'POST', 'rooms/linked-too/passes', {});
    const ann = await stage.guest('ann');
    ann.say('JOIN #locked,#linked,#members,#invited,#quiet,#nowhere,lobby wrong,wrong');
    for (const [numeric, name] of [
      ['475', '#locked'],
      ['473', '#linked'],
      ['477', '#members'],
      ['473', '#invited'],
      ['477', '#quiet'],
      ['403', '#nowhere'],
      ['403', 'lobby'],
    ] as const)
      expect((await ann.hears(numeric)).params[1]).toBe(name);
    ann.say(`JOIN #locked,#linked,#linked-too sesame,${pass as string},${other as string}`);
    for (const name of ['#locked', '#linked', '#linked-too']) expect((await ann.hears('JOIN')).params).toEqual([name]);
    // Each pass goes on to be good for its room, and for no longer than it is.
    await stage.as('Olga', 'DELETE', 'rooms/linked-too/passes');
    expect((await ann.hears('KICK')).params[0]).toBe('#linked-too');
    await stage.as('Olga', 'PATCH', 'rooms/linked', { watch: 'link' });
    expect((await ann.settled()).map(({ command }) => command)).not.toContain('KICK');
    const bob = await stage.account('Bob');
    bob.say('JOIN #members,#invited,#quiet');
    expect((await bob.hears('JOIN')).params).toEqual(['#members']);
    await bob.hears('473');
    await bob.hears('JOIN');
    bob.say('LIST');
    const listed = (await bob.settled()).filter(({ command }) => command === '322').map(({ params }) => params[1]);
    expect(listed).toEqual(expect.arrayContaining(['#lobby', '#locked', '#members']));
    expect(listed).not.toContain('#linked');
    expect(listed).not.toContain('#invited');
  });

  test('is one of so many, and all are left at once', async () => {
    for (const slug of ['r1', 'r2', 'r3']) await stage.room(slug);
    const ann = await stage.guest('ann');
    ann.say('JOIN #r1,#r2,#r3,#lobby,#r1');
    expect((await ann.hears('405')).params[1]).toBe('#lobby');
    ann.say('JOIN 0');
    for (let left = 0; left < 3; left++) await ann.hears('PART');
    await ann.join('#lobby');
  });

  test('has a title that its owner sets, here or on the page', async () => {
    const room = await stage.room('titles');
    const [olga, mona] = [await stage.account('Olga'), await stage.account('Mona')];
    for (const one of [olga, mona]) await one.join(room);
    mona.say(`TOPIC ${room} :Mine`);
    await mona.hears('482');
    olga.say(`TOPIC ${room} :  A better title `);
    for (const one of [olga, mona])
      expect(await one.hears('TOPIC')).toMatchObject({
        source: expect.stringMatching(/^Olga!/),
        params: [room, 'A better title'],
      });
    expect(await stage.as('Olga', 'GET', 'rooms/titles')).toMatchObject({ title: 'A better title' });
    await stage.as('Olga', 'PATCH', 'rooms/titles', { title: 'From the page' });
    expect((await mona.hears('TOPIC')).params).toEqual([room, 'From the page']);
    olga.say(`TOPIC ${room} :${'x'.repeat(121)}`, `TOPIC ${room}`);
    await olga.hears('482');
    expect((await olga.hears('332')).params[2]).toBe('From the page');
  });
});

describe('who looks after a room', () => {
  test('throws somebody out, who is silent for a while', async () => {
    const room = await stage.room('kicks');
    const [mona, ann, ben] = [await stage.account('Mona'), await stage.guest('ann'), await stage.guest('ben')];
    for (const one of [mona, ann, ben]) await one.join(room);
    ann.say(`KICK ${room} ben`, `KICK ${room} Mona`, `KICK #nowhere ben`);
    await ann.hears('482');
    await ann.hears('482');
    await ann.hears('403');
    mona.say(`KICK ${room} nobody`, `KICK ${room} ann :Be nice`);
    await mona.hears('441');
    for (const one of [mona, ann, ben])
      expect(await one.hears('KICK')).toMatchObject({
        source: expect.stringMatching(/^Mona!/),
        params: [room, 'ann', 'Be nice'],
      });
    ann.say(`PRIVMSG ${room} :but`);
    await ann.hears('442');
    await ann.join(room);
    ann.say(`PRIVMSG ${room} :but`);
    expect((await ann.hears('404')).params[2]).toMatch(/write again/);
    mona.say(`KICK ${room} Mona`);
    await mona.hears('482');
    const { entries } = (await stage.as('Olga', 'GET', 'rooms/kicks/audit')) as { entries: { action: string }[] };
    expect(entries.map(({ action }) => action)).toContain('timeout');
  });

  test('silences people of the page', async () => {
    const room = await stage.room('kicks-pages');
    const page = await stage.page('kicks-pages', 'Webby');
    const mona = await stage.account('Mona');
    await mona.join(room);
    mona.say(`KICK ${room} webby`);
    expect((await mona.hears('NOTICE')).params[1]).toMatch(/Webby is on the room’s page, and silent/);
    await expect(page.says('hello')).rejects.toThrow('timed-out');
  });

  test('S-04 bans somebody by their nick or a mask, who is out at once and comes in again only once the ban is lifted', async () => {
    const room = await stage.room('bans');
    const [mona, ann, ben] = [await stage.account('Mona'), await stage.guest('ann'), await stage.guest('ben')];
    for (const one of [mona, ann, ben]) await one.join(room);
    ann.say(`MODE ${room} +b ben`, `MODE ${room} +b`);
    await ann.hears('482');
    await ann.hears('482');
    const mask = `*!${await identOf(mona, 'ann')}@*`;
    await soon(
      async () => mona.say(`MODE ${room} +b ${mask}`),
      () => ann.hears('KICK'),
    );
    expect((await ben.hears('KICK')).params.slice(0, 2)).toEqual([room, 'ann']);
    expect((await ben.hears('MODE')).params).toEqual([room, '+b', mask]);
    ann.say(`JOIN ${room}`);
    await ann.hears('474');
    mona.say(`MODE ${room} b`, `MODE ${room} -b ${mask}`);
    expect((await mona.hears('367')).params.slice(1, 4)).toEqual([room, `ann${mask.slice(1)}`, 'Mona']);
    await mona.hears('368');
    await ben.hears('MODE');
    await ann.join(room);
    mona.say(
      `MODE ${room} +b *!*@*`,
      `MODE ${room} +b olga`,
      `MODE ${room} -b nobody`,
      `MODE ${room} +o ben`,
      `MODE ${room} +x`,
      `MODE ${room}`,
    );
    expect((await mona.hears('482')).params[2]).toMatch(/Several people/);
    await mona.hears('441');
    await mona.hears('441');
    await mona.hears('482');
    await mona.hears('472');
    await mona.hears('324');
  });

  test('bans nobody who looks after the room themselves, nor its owner, nor oneself', async () => {
    const room = await stage.room('ranks');
    await stage.as('Olga', 'POST', 'rooms/ranks/members', { name: 'Ada', role: 'moderator' });
    const [mona, ada, olga] = [await stage.account('Mona'), await stage.account('Ada'), await stage.account('Olga')];
    for (const one of [mona, ada, olga]) await one.join(room);
    const refusal = async (nick: string): Promise<string | undefined> => {
      mona.say(`MODE ${room} +b ${nick}`);
      return (await mona.hears('482')).params[2];
    };
    expect(await refusal('Ada')).toMatch(/^Only the owner/);
    expect(await refusal('Mona')).toMatch(/^Nobody bans themselves/);
    expect(await refusal('Olga')).toMatch(/^The owner of a room/);
    const { id } = (await stage.as('Olga', 'POST', 'rooms/ranks/bans', { name: 'Ada' })) as { id: string };
    await ada.hears('KICK');
    mona.say(`MODE ${room} -b Ada!*@*`);
    expect((await mona.hears('482')).params[2]).toMatch(/^Only the owner/);
    await stage.as('Olga', 'DELETE', `rooms/ranks/bans/${id}`);
  });

  test('bans a network', async () => {
    const room = await stage.room('networks');
    const [mona, ann] = [await stage.account('Mona'), await stage.guest('ann')];
    for (const one of [mona, ann]) await one.join(room);
    mona.say(`MODE ${room} +b *!*@127.0.0.0/8`);
    await ann.hears('KICK');
    mona.say(`MODE ${room} b`);
    expect((await mona.hears('367')).params[2]).toBe('*!*@127.0.0.0/8');
    mona.say(`MODE ${room} +b *!*@127.0.0.0/99`);
    await mona.hears('482');
  });

  test('does so with a token for it only', async () => {
    const room = await stage.room('scopes');
    const ann = await stage.guest('ann');
    const mona = await IrcClient.enter(stage.port, 'Mona', { password: await stage.tokenOf('Mona', 'chat') });
    for (const one of [mona, ann]) await one.join(room);
    mona.say(`KICK ${room} ann`, `MODE ${room} +b ann`, `PRIVMSG ${room} :hello`);
    expect((await mona.hears('482')).params[2]).toMatch(/scope “manage”/);
    await mona.hears('482');
    await ann.hears('PRIVMSG');
    mona.destroy();
  });
});

describe('within two seconds', () => {
  test('who is banned on the page is out', async () => {
    const room = await stage.room('page-bans');
    const bob = await stage.account('Bob');
    await bob.join(room);
    await soon(
      () => stage.as('Mona', 'POST', 'rooms/page-bans/bans', { name: 'Bob' }),
      async () => expect((await bob.hears('KICK')).params).toEqual([room, 'Bob', expect.stringContaining('banned')]),
    );
  });

  test('who looks after a room is out when its owner bans them, and back with their role once the ban is lifted', async () => {
    const room = await stage.room('moderator-bans');
    const mona = await stage.account('Mona');
    await mona.join(room);
    let ban: Record<string, unknown> = {};
    await soon(
      async () => (ban = await stage.as('Olga', 'POST', 'rooms/moderator-bans/bans', { name: 'Mona' })),
      () => mona.hears('KICK'),
    );
    mona.say(`JOIN ${room}`);
    await mona.hears('474');
    await expect(stage.as('Mona', 'DELETE', `rooms/moderator-bans/bans/${ban['id'] as string}`)).rejects.toThrow(
      'denied',
    );
    await stage.as('Olga', 'DELETE', `rooms/moderator-bans/bans/${ban['id'] as string}`);
    await mona.join(room);
    mona.say(`MODE ${room} b`);
    await mona.hears('368');
  });

  test('guests are out of a room that is for others now', async () => {
    const room = await stage.room('closing');
    const [ann, bob] = [await stage.guest('ann'), await stage.account('Bob')];
    for (const one of [ann, bob]) await one.join(room);
    await soon(
      () => stage.as('Olga', 'PATCH', 'rooms/closing', { watch: 'signed-in' }),
      () => ann.hears('KICK'),
    );
    bob.say(`NAMES ${room}`);
    expect((await bob.hears('353')).params[3]).toBe('Bob');
  });

  test('guests are out of a room whose chat is not for them any more', async () => {
    const room = await stage.room('no-guests');
    const ann = await stage.guest('ann');
    await ann.join(room);
    await soon(
      () => stage.as('Olga', 'PATCH', 'rooms/no-guests', { guests: 'off' }),
      () => ann.hears('KICK'),
    );
  });

  test('all are out of a room that is put away or has another address', async () => {
    for (const [slug, path, body] of [
      ['away', 'archive', undefined],
      ['moved', 'rename', { slug: 'moved-on' }],
    ] as const) {
      const room = await stage.room(slug);
      const bob = await stage.account('Bob');
      await bob.join(room);
      await soon(
        () => stage.as('Olga', 'POST', `rooms/${slug}/${path}`, body),
        () => bob.hears('KICK'),
      );
    }
  });

  test('who gets a role is shown with it, and may use it', async () => {
    const room = await stage.room('roles');
    const [ann, bob] = [await stage.guest('ann'), await stage.account('Bob')];
    for (const one of [ann, bob]) await one.join(room);
    await soon(
      () => stage.as('Olga', 'POST', 'rooms/roles/members', { name: 'Bob', role: 'moderator' }),
      async () => expect((await ann.hears('MODE')).params).toEqual([room, '+o', 'Bob']),
    );
    bob.say(`KICK ${room} ann`);
    await ann.hears('KICK');
    await stage.as('Olga', 'DELETE', `rooms/roles/members/${await stage.idOf('Bob')}`);
    await bob.hears('MODE', ({ params }) => params[1] === '-o');
    bob.say(`KICK ${room} ann`);
    await bob.hears('482');
  });

  test('who is signed out, has another password or is disabled is gone', async () => {
    await stage.addPerson('Eve');
    const eve = (): Promise<IrcClient> => IrcClient.enter(stage.port, 'Eve', { password: PASSWORD });
    const gone = (client: IrcClient) => async (): Promise<void> => {
      expect((await client.hears('ERROR')).params[0]).toMatch(/signed out/);
      await client.closed();
    };
    const first = await eve();
    const { signIns } = (await stage.as('Eve', 'GET', 'me/sign-ins')) as { signIns: { id: string; agent: string }[] };
    const { id } = signIns.find(({ agent }) => agent === 'irc')!;
    await soon(() => stage.as('Eve', 'DELETE', `me/sign-ins/${id}`), gone(first));
    const [second, byToken] = [await eve(), await stage.account('Eve')];
    const change = { password: 'another good password', currentPassword: PASSWORD };
    await soon(() => stage.as('Eve', 'PATCH', 'me', change), gone(second));
    await soon(
      async () => stage.as('Olga', 'PATCH', `users/${await stage.idOf('Eve')}`, { disabled: true }),
      gone(byToken),
    );
  });

  test('who leaves is not signed in any more', async () => {
    const client = await IrcClient.enter(stage.port, 'Ada', { password: PASSWORD });
    client.say('QUIT');
    await client.closed();
    const agents = async (): Promise<unknown[]> =>
      ((await stage.as('Ada', 'GET', 'me/sign-ins')) as { signIns: { agent?: string }[] }).signIns.map(
        ({ agent }) => agent,
      );
    await expect.poll(agents).not.toContain('irc');
  });
});

async function identOf(asker: IrcClient, nick: string): Promise<string> {
  asker.say(`WHOIS ${nick}`);
  return (await asker.hears('311')).params[2]!;
}
