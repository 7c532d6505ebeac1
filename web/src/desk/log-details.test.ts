import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../src/client/index.ts';
import { desk as en } from '../messages/desk-en.ts';
import { desk as zh } from '../messages/desk-zh.ts';
import { wordsOf } from './log-details.ts';

const said = (action: string, details: AuditEntry['details'] = {}): string[] =>
  [en, zh].map((words) =>
    wordsOf({ action, details }, words)
      .filter((text) => text !== '')
      .join(' | '),
  );

test('an entry of the log is a sentence that names whom it is about, in both languages', () => {
  const bob = { user: 'g_O7zEI3', name: 'Bob' };
  expect(said('timeout', { ...bob, seconds: 600, reason: 'too loud' })).toEqual([
    'had Bob be silent | for: 10 min · reason: too loud',
    '让 Bob 暂停发言 | 时长：10 分钟 · 原因：too loud',
  ]);
  expect(said('timeout', { ...bob, seconds: 0 })).toEqual(['let Bob speak again', '让 Bob 恢复发言']);
  expect(said('delete', { message: '01M8546Z', ...bob })).toEqual([
    'deleted a message of Bob',
    '删除了 Bob 的一条消息',
  ]);
  expect(said('restore', { messages: 3, ...bob })).toEqual([
    'brought back what Bob said | messages: 3',
    '恢复了 Bob 的消息 | 消息数：3',
  ]);
  expect(said('POST /rooms/:slug/bans', { who: 'u_1', name: 'Bob', minutes: 1440 })).toEqual([
    'banned Bob | for: 1 day',
    '封禁了 Bob | 时长：1 天',
  ]);
  expect(said('DELETE /rooms/:slug/bans/:id', { id: 'b_1', network: '192.0.2.0/24' })).toEqual([
    'lifted the ban of 192.0.2.0/24',
    '解除了对 192.0.2.0/24 的封禁',
  ]);
  expect(said('POST /rooms/:slug/members', { name: 'Bob', role: 'moderator' })).toEqual([
    'gave Bob a role | role: Moderator',
    '给了 Bob 一个角色 | 角色：管理员',
  ]);
});

test('settings in the log are words instead of names of fields and JSON', () => {
  const rules = { words: '[{"word":"he\\"ck","action":"hide"},{"word":"darn","action":"hold"}]', holdFirst: false };
  expect(said('chat-settings', { ...rules, slow: 30, links: 'signed-in' })).toEqual([
    'changed the rules of the chat | words: he"ck (stars), darn (held) · hold first messages: no · slow mode: 30 s · links: the signed in',
    '更改了聊天规则 | 词语：he"ck (打星)、darn (审核) · 首次发言先审核：否 · 慢速模式：30 秒 · 链接：已登录的人',
  ]);
  expect(said('PATCH /rooms/:slug', { tags: '["music","chill"]', watch: 'link', maxViewers: null })).toEqual([
    'changed the settings | tags: music, chill · open to: Those with a signed link · viewers at once: No limit',
    '更改了设置 | 标签：music、chill · 开放对象：有签名链接的人 · 同时观看人数：不限制',
  ]);
  expect(said('PATCH /rooms/:slug', { password: '…', tags: '[]' })[0]).toBe(
    'changed the settings | password: changed · tags: none',
  );
});

test('entries of older servers and of unknown deeds read well, too', () => {
  expect(said('purge', { user: 'g_O7zEI3' })[0]).toBe('deleted what Guest g_O7zEI3 said');
  expect(said('timeout', { user: 'u_1', seconds: 60 })[0]).toBe('had somebody be silent | for: 1 min');
  expect(said('timeout', { user: 'u_1', seconds: 0 })).toEqual(['let somebody speak again', '让别人恢复发言']);
  expect(said('restore', { messages: '["01M8546Z"]' })[0]).toBe('brought messages back');
  expect(said('pin', { message: '01M8546Z' })[0]).toBe('pinned a message');
  const cut = `[{"word":"heck","action":"hide"},{"word":"da…`;
  expect(said('chat-settings', { words: cut })[0]).toBe('changed the rules of the chat | words: heck (stars), …');
  expect(said('constructor', { maxHeight: 7, toString: '{"a":["b",1]}' })[0]).toBe(
    'changed something | max height: 7 · to string: a: b, 1',
  );
});
