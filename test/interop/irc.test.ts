import { describe, expect } from 'vitest';
import { IrcStage, PASSWORD } from '../conformance/irc/stage.ts';
import { startSecureServer } from '../conformance/tls/stage.ts';
import { testWith } from '../programs.ts';
import { type IrcProgram, startIrssi, startWeechat } from './irc-programs.ts';

const PATIENCE = { timeout: 15_000 };
const stage = new IrcStage();

const logs = (client: IrcProgram, words: RegExp): Promise<void> =>
  expect.poll(() => client.log(), PATIENCE).toMatch(words);

describe('a conversation', () => {
  testWith(
    ['irssi', 'weechat', 'script'],
    'of irssi, WeeChat and a page is heard by all',
    { timeout: 80_000 },
    async () => {
      const room = await stage.room('talk', { title: 'Talk' });
      const page = await stage.page('talk', 'Webby');
      const irssi = startIrssi({ port: stage.port, nick: 'Mona', password: PASSWORD, room });
      const weechat = startWeechat({ port: stage.port, nick: 'wendy', room });
      await logs(irssi, /Mona .*has joined|Topic|Talk/);
      await logs(weechat, /Talk/);

      await page.says('hello from the page 你好');
      await page.hears();
      await logs(irssi, /<\s*Webby> hello from the page 你好/);
      await logs(weechat, /\tWebby\thello from the page 你好/);

      irssi.type('hello from irssi');
      expect(await page.hears()).toMatchObject({ text: 'hello from irssi', user: { name: 'Mona', role: 'moderator' } });
      await logs(weechat, /\t@Mona\thello from irssi/);

      weechat.type('hello from WeeChat');
      expect(await page.hears()).toMatchObject({ text: 'hello from WeeChat', user: { name: 'wendy', role: 'guest' } });
      await logs(irssi, /<\s*wendy> hello from WeeChat/);

      irssi.type('/me waves');
      expect(await page.hears()).toMatchObject({ kind: 'me', text: 'waves' });
      await logs(weechat, /Mona waves/);

      await page.says('/me bows');
      await logs(irssi, /\* Webby bows/);
      await logs(weechat, /Webby bows/);
    },
  );

  testWith(['irssi', 'weechat', 'script'], 'is moderated from irssi', { timeout: 80_000 }, async () => {
    const room = await stage.room('order');
    const page = await stage.page('order', 'Olga');
    const irssi = startIrssi({ port: stage.port, nick: 'Mona', password: PASSWORD, room });
    const weechat = startWeechat({ port: stage.port, nick: 'wendy', room });
    await logs(irssi, /wendy/);
    await logs(weechat, /wendy/);

    irssi.type('/kick wendy Be nice');
    await logs(weechat, /kicked wendy|Be nice/);
    weechat.type(`/join ${room}`);
    await expect.poll(() => weechat.log().match(/wendy .*has joined/g)?.length, PATIENCE).toBe(2);
    weechat.type('but why');
    await logs(weechat, /You can write again at/);

    irssi.type('/ban wendy');
    await logs(irssi, /mode.*\+b \*!\*\S+@guest/);
    await logs(weechat, /banned/);
    const { bans } = (await stage.as('Olga', 'GET', 'rooms/order/bans')) as { bans: { name: string }[] };
    expect(bans.map(({ name }) => name)).toEqual(['wendy']);
    irssi.type('all is well');
    expect(await page.hears()).toMatchObject({ text: 'all is well' });
  });

  testWith(['weechat'], 'is joined over TLS with a password', { timeout: 80_000 }, async () => {
    const { server, http } = await startSecureServer({ ircs: '127.0.0.1:0' });
    const body = JSON.stringify({ name: 'Ada', password: PASSWORD });
    const headers = { 'Content-Type': 'application/json', Origin: http };
    expect((await fetch(`${http}/api/v1/users`, { method: 'POST', headers, body })).status).toBe(200);
    const port = server.ircs!.port;
    const weechat = startWeechat({ port, nick: 'Ada', password: PASSWORD, secure: true, room: '#lobby' });
    await logs(weechat, /Ada \(u_\S+@account\) has joined #lobby/);
  });
});
