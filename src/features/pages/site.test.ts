import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSite } from './site.ts';
import { SiteFile } from './site-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roomcast-site-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the built page', () => {
  test('is read whole, and only files of known kinds', async () => {
    await mkdir(join(folder, 'assets/deep'), { recursive: true });
    await writeFile(join(folder, '..', 'roomcast-outside.html'), 'outside');
    await symlink(join(folder, '..', 'roomcast-outside.html'), join(folder, 'link.html'));
    for (const name of [
      'index.html',
      'assets/a.js',
      'assets/deep/b.css',
      'secret',
      '.env',
      'key.pem',
      'assets/a.js.map',
    ]) {
      await writeFile(join(folder, name), name);
    }
    const site = readSite(folder);
    expect([...site.keys()].sort()).toEqual(['assets/a.js', 'assets/deep/b.css', 'index.html']);
    expect(site.get('assets/a.js')!.type).toBe('text/javascript; charset=utf-8');
    await rm(join(folder, '..', 'roomcast-outside.html'));
  });

  test('is empty where nothing was built', () => {
    expect(readSite(join(folder, 'dist')).size).toBe(0);
  });
});

describe('a file of it', () => {
  const forms = { 'app.css': 'as it is', 'app.css.br': 'Brotli', 'app.css.gz': 'gzip' };
  const written = async (files: Record<string, string>): Promise<SiteFile> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return readSite(folder).get('app.css')!;
  };

  test.each([
    ['gzip, deflate, br, zstd', 'br', 'Brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gzip'],
    ['identity', undefined, 'as it is'],
    ['', undefined, 'as it is'],
    [undefined, undefined, 'as it is'],
  ])('for one who takes “%s” is sent with the encoding %s', async (accept, encoding, text) => {
    const sent = (await written(forms)).for(accept);
    expect([sent.encoding, Buffer.from(sent.bytes).toString()]).toEqual([encoding, text]);
  });

  test('is sent as it is where the build has not compressed it', async () => {
    const sent = (await written({ 'app.css': 'small' })).for('gzip, br');
    expect([sent.encoding, Buffer.from(sent.bytes).toString()]).toEqual([undefined, 'small']);
  });

  test('is one file, whatever its forms', async () => {
    await written(forms);
    expect([...readSite(folder).keys()]).toEqual(['app.css']);
  });

  test('has a tag that changes with it', () => {
    const tagOf = (text: string): string => new SiteFile({ bytes: Buffer.from(text), type: 'text/css' }).etag;
    expect(tagOf('x')).toMatch(/^"[\w-]{22}"$/);
    expect([tagOf('x') === tagOf('x'), tagOf('x') === tagOf('y')]).toEqual([true, false]);
  });
});
