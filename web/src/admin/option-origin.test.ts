import { expect, test } from 'vitest';
import { admin as en } from '../messages/admin-en.ts';
import { admin as zh } from '../messages/admin-zh.ts';
import { originIn } from './option-origin.ts';

test('where an option comes from is said in the language of the page, and places in files as they are', () => {
  const origins = ['default', 'program', 'flag --data', 'environment ROOMCAST_DATA', 'roomcast.yaml:3'];
  expect(origins.map((origin) => originIn(en.config, origin))).toEqual([
    ...['default', 'by the program', 'flag --data', 'environment ROOMCAST_DATA', 'roomcast.yaml:3'],
  ]);
  expect(origins.map((origin) => originIn(zh.config, origin))).toEqual([
    ...['默认', '由程序设定', '命令行 --data', '环境变量 ROOMCAST_DATA', 'roomcast.yaml:3'],
  ]);
});
