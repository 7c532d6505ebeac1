import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
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
    const site = await readSite(folder);
    expect([...site.keys()].sort()).toEqual(['assets/a.js', 'assets/deep/b.css', 'index.html']);
    expect(site.get('assets/a.js')!.type).toBe('text/javascript; charset=utf-8');
    await rm(join(folder, '..', 'roomcast-outside.html'));
  });

  test('is empty where nothing was built', async () => {
    expect((await readSite(join(folder, 'dist'))).size).toBe(0);
  });
});

describe('a file of it', () => {
  const text = 'a picture of a room '.repeat(200);
  const file = new SiteFile({ bytes: Buffer.from(text), type: 'text/css', compressible: true });

  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('for one who takes “%s” is encoded with %s', async (accept, encoding) => {
    const sent = await file.for(accept);
    const plain =
      encoding === 'br'
        ? brotliDecompressSync(sent.bytes)
        : encoding === 'gzip'
          ? gunzipSync(sent.bytes)
          : Buffer.from(sent.bytes);
    expect([sent.encoding, plain.toString()]).toEqual([encoding, text]);
  });

  test('is compressed once for all', async () => {
    expect((await file.for('br')).bytes).toBe((await file.for('br')).bytes);
  });

  test('stays as it is when it is small or a picture', async () => {
    const small = new SiteFile({ bytes: Buffer.from('x'), type: 'text/css', compressible: true });
    const picture = new SiteFile({ bytes: Buffer.from(text), type: 'image/png', compressible: false });
    expect([(await small.for('br')).encoding, (await picture.for('br')).encoding]).toEqual([undefined, undefined]);
  });

  test('has a tag that changes with it', () => {
    const other = new SiteFile({ bytes: Buffer.from('y'), type: 'text/css', compressible: true });
    expect(file.etag).toMatch(/^"[\w-]{22}"$/);
    expect(other.etag).not.toBe(file.etag);
  });
});
