import { describe, expect, test } from 'vitest';
import { plain } from '../../irc-client.ts';
import { IrcStage, PASSWORD } from './stage.ts';

const stage = new IrcStage();

describe('who comes', () => {
  test('has a nick, and is told where they are', async () => {
    const ann = await stage.connect();
    ann.say('NICK ann', 'USER ann 0 * :Ann');
    expect((await ann.hears('001')).params).toEqual(['ann', expect.stringMatching(/^Welcome, ann!g_[\w-]{16}@guest$/)]);
    const { params } = await ann.hears('005');
    expect(params).toEqual(expect.arrayContaining(['CHANTYPES=#', 'PREFIX=(qov)~@+', 'UTF8ONLY']));
    await ann.hears('376');
  });

  test('waits with the rest until the negotiation of capabilities is over', async () => {
    const ann = await stage.connect();
    ann.say('CAP LS 302', 'NICK ann2', 'USER ann 0 * :Ann');
    expect((await ann.hears('CAP')).params).toEqual(['*', 'LS', expect.stringContaining('sasl=PLAIN server-time')]);
    expect(await ann.settled()).toEqual([]);
    ann.say('CAP REQ :server-time nothing', 'CAP REQ :server-time -batch', 'CAP LIST', 'CAP NEW', 'CAP END');
    expect((await ann.hears('CAP')).params).toEqual(['*', 'NAK', 'server-time nothing']);
    expect((await ann.hears('CAP')).params).toEqual(['*', 'ACK', 'server-time -batch']);
    expect((await ann.hears('CAP')).params).toEqual(['*', 'LIST', 'server-time']);
    await ann.hears('410');
    await ann.hears('001');
  });

  test('without values of capabilities where they know of none', async () => {
    const ann = await stage.connect();
    ann.say('CAP LS');
    expect((await ann.hears('CAP')).params[2]).toContain(' sasl server-time');
  });

  test.each([
    ['JOIN #lobby', '451'],
    ['NOTHING', '451'],
    ['NICK', '431'],
    ['NICK :a b', '432'],
    ['NICK #a', '432'],
    ['USER ann', '461'],
    ['PING a', 'PONG'],
  ])('is answered “%s” by %s', async (said, answer) => {
    const ann = await stage.connect();
    ann.say(said);
    await ann.hears(answer);
  });

  test('finds a nick that nobody has, and that is no name of an account', async () => {
    await stage.guest('ben');
    const ann = await stage.connect();
    ann.say('NICK Ben', 'USER ann 0 * :Ann');
    expect((await ann.hears('433')).params).toEqual(['*', 'Ben', expect.any(String)]);
    ann.say('NICK ada');
    expect((await ann.hears('433')).params[2]).toMatch(/sign in/);
    ann.say('NICK admin');
    await ann.hears('432');
    ann.say('NICK ann|away');
    await ann.hears('432');
    ann.say('NICK ann3');
    await ann.hears('001');
  });

  test('may take another nick, which those see who see them', async () => {
    const [ann, ben] = [await stage.guest('ann4'), await stage.guest('ben4')];
    await ann.join('#lobby');
    await ben.join('#lobby');
    ann.say('NICK cleo4');
    for (const one of [ann, ben])
      expect(await one.hears('NICK')).toMatchObject({ source: expect.stringMatching(/^ann4!g_/), params: ['cleo4'] });
    ann.say('NICK ben4', 'NICK ada', 'NICK a!b');
    await ann.hears('433');
    await ann.hears('433');
    await ann.hears('432');
    ann.say('WHOIS cleo4');
    expect((await ann.hears('311')).params.slice(0, 2)).toEqual(['cleo4', 'cleo4']);
  });

  test.each([
    ['USER a 0 * :a', '462'],
    ['PASS a', '462'],
    ['AUTHENTICATE PLAIN', '907'],
    ['XYZZY', '421'],
    ['JOIN', '461'],
    ['MODE ann5', '221'],
    ['AWAY :lunch', '306'],
    ['AWAY', '305'],
    ['LUSERS', '255'],
    ['MOTD', '376'],
    ['VERSION', '351'],
    ['TIME', '391'],
    ['ISON ann5 nobody', '303'],
    ['USERHOST ann5', '302'],
    ['WHOIS nobody', '401'],
    ['PRIVMSG ada :hello', '401'],
    ['PRIVMSG #lobby', '412'],
    ['PRIVMSG #lobby :hello', '442'],
    ['PRIVMSG #nowhere :hello', '403'],
    [`PRIVMSG #lobby :${'a'.repeat(600)}`, '417'],
  ])('is answered “%s” by %s once they are in', async (said, answer) => {
    const ann = await stage.guest('ann5');
    ann.say(said);
    await ann.hears(answer);
  });

  test('says good-bye', async () => {
    const [ann, ben] = [await stage.guest('ann6'), await stage.guest('ben6')];
    await ann.join('#lobby');
    await ben.join('#lobby');
    ann.say('QUIT :so long');
    expect(await ben.hears('QUIT')).toMatchObject({ params: ['Quit: so long'] });
    await ann.hears('ERROR');
    await ann.closed();
    ben.say('NAMES #lobby');
    expect((await ben.hears('353')).params[3]).toBe('ben6');
  });

  test('is missed when the connection breaks', async () => {
    const [ann, ben] = [await stage.guest('ann7'), await stage.guest('ben7')];
    await ann.join('#lobby');
    await ben.join('#lobby');
    ann.destroy();
    await ben.hears('QUIT', ({ source = '' }) => source.startsWith('ann7!'));
  });
});

describe('an account', () => {
  const enter = async (...lines: readonly string[]): Promise<Awaited<ReturnType<IrcStage['connect']>>> => {
    const client = await stage.connect();
    client.say('CAP LS 302', 'NICK somebody', 'USER a 0 * :a', 'CAP REQ sasl', ...lines);
    return client;
  };

  test('is signed in by its password (SASL PLAIN), and has its name for a nick', async () => {
    const ada = await enter('AUTHENTICATE PLAIN', `AUTHENTICATE ${plain('ada', PASSWORD)}`, 'CAP END');
    expect((await ada.hears('900')).params[2]).toBe('Ada');
    await ada.hears('903');
    expect((await ada.hears('001')).params[0]).toBe('Ada');
    ada.say('NICK other');
    await ada.hears('432');
  });

  test('is signed in by a token for chats, and by no other', async () => {
    const good = plain('Ada', await stage.tokenOf('Ada', 'chat'));
    const ada = await enter('AUTHENTICATE PLAIN', `AUTHENTICATE ${good}`, 'CAP END');
    await ada.hears('903');
    await ada.hears('001');
    const read = plain('Ada', await stage.tokenOf('Ada', 'read'));
    const theirs = plain('Bob', await stage.tokenOf('Ada', 'chat'));
    for (const wrong of [read, theirs, plain('Ada', 'rt_nothing'), plain('', 'x'), plain('Ada', ''), '!!', '+']) {
      const other = await enter('AUTHENTICATE PLAIN', `AUTHENTICATE ${wrong}`);
      await other.hears('904');
    }
  });

  test('is not signed in by a wrong password, nor by trying on', async () => {
    const eve = await enter();
    for (let attempt = 0; attempt < 3; attempt++) {
      eve.say('AUTHENTICATE PLAIN', `AUTHENTICATE ${plain('Bob', `wrong ${attempt}`)}`);
      await eve.hears('904');
    }
    for (let attempt = 0; attempt < 3; attempt++)
      eve.say('AUTHENTICATE PLAIN', `AUTHENTICATE ${plain('Bob', 'rt_wrong')}`);
    expect((await eve.hears('ERROR')).params[0]).toMatch(/Too many attempts/);
    await eve.closed();
  });

  test('is not signed in by other ways, by halves, or by what is too long', async () => {
    const ada = await enter('AUTHENTICATE SCRAM-SHA-256');
    expect((await ada.hears('908')).params[1]).toBe('PLAIN');
    await ada.hears('904');
    ada.say('AUTHENTICATE PLAIN', 'AUTHENTICATE *');
    await ada.hears('906');
    ada.say('AUTHENTICATE PLAIN', ...Array<string>(5).fill(`AUTHENTICATE ${'A'.repeat(400)}`));
    await ada.hears('905');
    ada.say('CAP END');
    expect((await ada.hears('001')).params[0]).toBe('somebody');
  });

  test.each([
    ['its password and its name as the nick', () => Promise.resolve(PASSWORD), 'ada'],
    ['its name and password', () => Promise.resolve(`Ada:${PASSWORD}`), 'whoever'],
    ['a token', () => stage.tokenOf('Ada'), 'whoever'],
  ])('is signed in by PASS with %s', async (_, secret, nick) => {
    const ada = await stage.connect();
    ada.say(`PASS :${await secret()}`, `NICK ${nick}`, 'USER a 0 * :a');
    expect((await ada.hears('001')).params[0]).toBe('Ada');
  });

  test('is not entered by a wrong PASS', async () => {
    const eve = await stage.connect();
    eve.say('PASS wrong', 'NICK ada', 'USER a 0 * :a');
    await eve.hears('464');
    await eve.closed();
  });

  test('that was made since has its name, which a guest gives up', async () => {
    const [dora, ben] = [await stage.guest('Dora'), await stage.guest('ben9')];
    for (const one of [dora, ben]) await one.join('#lobby');
    await stage.addPerson('Dora');
    await stage.account('Dora');
    for (const one of [dora, ben]) expect((await one.hears('NICK')).params[0]).toMatch(/^Dora\|[\w-]{4}$/);
    dora.say('PRIVMSG #lobby :who am I?');
    expect((await ben.hears('PRIVMSG')).source).toMatch(/^Dora\|[\w-]{4}!g_/);
  });

  test('may be there with two clients, which others see as one', async () => {
    const [one, two, ben] = [await stage.account('Ada'), await stage.account('Ada'), await stage.guest('ben8')];
    await ben.join('#lobby');
    await one.join('#lobby');
    await ben.hears('JOIN', ({ source = '' }) => source.startsWith('Ada!'));
    await two.join('#lobby');
    one.say('QUIT');
    await one.closed();
    two.say('PRIVMSG #lobby :still here');
    const heard = await ben.settled();
    expect(heard.map(({ command }) => command)).not.toContain('JOIN');
    expect(heard.map(({ command }) => command)).not.toContain('QUIT');
    two.say('QUIT');
    await ben.hears('QUIT');
  });
});

test('nothing that was said to come in is logged', () => {
  const text = stage.server.log.join('\n');
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toMatch(/rt_[\w-]{8}/);
  expect(text).toContain('Somebody could not sign in.');
});
