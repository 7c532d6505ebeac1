import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN_FILE, writeAdminFile } from './admin-file.ts';

const content = { url: 'http://127.0.0.1:1', token: 'rt_x', pid: 1 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roomcast-admin-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the file is private, whatever was there before, and goes away with the server', () => {
  writeFileSync(join(folder, ADMIN_FILE), 'old', { mode: 0o644 });
  const remove = writeAdminFile(folder, content);
  expect(JSON.parse(readFileSync(join(folder, ADMIN_FILE), 'utf8'))).toEqual(content);
  expect(statSync(join(folder, ADMIN_FILE)).mode & 0o777).toBe(0o600);
  remove();
  expect(readdirSync(folder)).toEqual([]);
  remove();
});

test('a server that stops leaves the file of a newer one alone', () => {
  const remove = writeAdminFile(folder, content);
  const newer = { ...content, pid: 2 };
  writeAdminFile(folder, newer);
  remove();
  expect(JSON.parse(readFileSync(join(folder, ADMIN_FILE), 'utf8'))).toEqual(newer);
});
