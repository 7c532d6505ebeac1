import { fromHex } from '../bytes/hex.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { crc32 } from './crc32.ts';
import type { Picture } from './picture.ts';

type PlainName = 'png' | 'movingPng' | 'movingGif' | 'lossyWebp' | 'losslessWebp' | 'movingWebp' | 'jpeg';

/** Pictures of one colour, 16 by 20 unless it is said, as ffmpeg, cwebp, webpmux, gifsicle and cjpeg wrote them. */
export const plain: Readonly<Record<PlainName, Uint8Array>> = {
  png: fromHex(`
    89504e470d0a1a0a0000000d49484452000000100000001408020000000b002a200000001949444154789c63f8cbc04012224df5a88651
    0da31ae8ac0100b6163c50865cb6f00000000049454e44ae426082
  `),
  /** Of 16 by 16, red and then blue. */
  movingPng: fromHex(`
    89504e470d0a1a0a0000000d494844520000001000000010080200000090916836000000086163544c0000000200000000f38d93700000
    001a6663544c0000000000000010000000100000000000000000000000010000527309740000001749444154789c63f8cbc04012224df5
    a886510d434a03007eccfd0136bf84680000001a6663544c0000000100000010000000100000000000000000000000010000c900e3a000
    0000196664415400000002789c636060f847221ad530aa61d86a00000bccfe019a5f77ad0000000049454e44ae426082
  `),
  movingGif: fromHex(`
    47494638396110001400f00000fc000000000021ff0b4e45545343415045322e30030103000021f904040a00ff002c0000000010001400
    00020f848fa9cbed0fa39cb4da8bb3de1c170021f904040a00ff002c000000001000140000020f848fa9cbed0fa39cb4da8bb3de1c1700
    3b
  `),
  lossyWebp: fromHex(`
    5249464642000000574542505650382036000000f002009d012a100014003f1172b0502c26a4a2b00801802209400ec000206c0000fee7
    8bfff5de2d28d7fffc94ff177de6eed0000000
  `),
  losslessWebp: fromHex(`
    524946461c000000574542505650384c0f0000002f0fc004000710ed8ffe0722a2ff0100
  `),
  movingWebp: fromHex(`
    52494646aa00000057454250565038580a000000020000000f0000130000414e494d06000000ffffffff0000414e4d464e000000000000
    0000000f0000130000640000005650382036000000f002009d012a100014003f1172b0502c26a4a2b00801802209400ec000206c0000fe
    e78bfff5de2d28d7fffc94ff177de6eed0000000414e4d46280000000000000000000f0000130000c80000005650384c0f0000002f0fc0
    04000710ed8ffe0722a2ff0100
  `),
  jpeg: fromHex(`
    ffd8ffe000104a46494600010100000100010000ffdb004300100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c
    3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763ffdb0043011112121815182f1a1a2f634238426363
    636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363636363ffc20011080014
    001003012200021101031101ffc4001500010100000000000000000000000000000004ffc4001601010101000000000000000000000000
    00000405ffda000c03010002100310000001884bba07ffc40014100100000000000000000000000000000020ffda00080101000105025f
    ffc40014110100000000000000000000000000000010ffda0008010301013f013fffc40014110100000000000000000000000000000010
    ffda0008010201013f013fffc40014100100000000000000000000000000000020ffda0008010100063f025fffc4001410010000000000
    0000000000000000000020ffda0008010100013f215fffda000c03010002000300000010041fffc4001411010000000000000000000000
    0000000010ffda0008010301013f103fffc40014110100000000000000000000000000000010ffda0008010201013f103fffc400141001
    00000000000000000000000000000020ffda0008010100013f105fffd9
  `),
};

/** The same JPEG as a camera would have it: turned, with its place, its owner and a comment, by exiftool. */
export const photo: Uint8Array = fromHex(`
  ffd8ffe000104a46494600010100000100010000ffe100ec4578696600004d4d002a000000080007011200030000000100060000011a00
  050000000100000062011b0005000000010000006a012800030000000100010000013b000200000004416e6e0002130003000000010001
  00008825000400000001000000720000000000000001000000010000000100000001000500000001000000040203000000010002000000
  024e0000000002000500000003000000b40003000200000002450000000004000500000003000000cc0000000000000034000000010000
  001e0000000100000000000000010000000d0000000100000018000000010000000000000001fffe0008736563726574ffdb004300100b
  0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d7179
  7064785c656763ffdb0043011112121815182f1a1a2f634238426363636363636363636363636363636363636363636363636363636363
  636363636363636363636363636363636363636363ffc20011080014001003012200021101031101ffc400150001010000000000000000
  0000000000000004ffc400160101010100000000000000000000000000000405ffda000c03010002100310000001884bba07ffc4001410
  0100000000000000000000000000000020ffda00080101000105025fffc40014110100000000000000000000000000000010ffda000801
  0301013f013fffc40014110100000000000000000000000000000010ffda0008010201013f013fffc40014100100000000000000000000
  000000000020ffda0008010100063f025fffc40014100100000000000000000000000000000020ffda0008010100013f215fffda000c03
  010002000300000010041fffc40014110100000000000000000000000000000010ffda0008010301013f103fffc4001411010000000000
  0000000000000000000010ffda0008010201013f103fffc40014100100000000000000000000000000000020ffda0008010100013f105f
  ffd9
`);

/** Something that nobody else is to know, as it would stand in a file. */
export const SECRET = 'taken at 52.5 N 13.4 E by Ann';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const insert = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array =>
  concatBytes([bytes.subarray(0, at), part, bytes.subarray(at)]);
const write = (bytes: Uint8Array, at: number, hex: string): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(fromHex(hex), at);
  return copy;
};

/** A chunk of PNG. */
function png(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(ascii(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk, 4, 8 + data.length));
  return chunk;
}

/** A PNG whose header has other values than its pixels. */
function pngWith(at: number, hex: string): Uint8Array {
  const header = write(plain.png.subarray(8, 33), 8 + at, hex);
  return concatBytes([plain.png.subarray(0, 8), png('IHDR', header.subarray(8, 21)), plain.png.subarray(33)]);
}

/** A WebP of chunks. */
function webp(...chunks: [type: string, data: Uint8Array][]): Uint8Array {
  const parts = chunks.map(([type, data]) => {
    const part = new Uint8Array(8 + data.length + (data.length & 1));
    part.set(ascii(type));
    new DataView(part.buffer).setUint32(4, data.length, true);
    part.set(data, 8);
    return part;
  });
  const file = concatBytes([ascii('RIFF\0\0\0\0WEBP'), ...parts]);
  new DataView(file.buffer).setUint32(4, file.length - 8, true);
  return file;
}

const segment = (marker: number, data: Uint8Array): Uint8Array =>
  concatBytes([Uint8Array.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff), data]);
const block = (label: number, ...parts: Uint8Array[]): Uint8Array =>
  concatBytes([
    Uint8Array.of(0x21, label),
    ...parts.flatMap((part) => [Uint8Array.of(part.length), part]),
    Uint8Array.of(0),
  ]);

const secret = ascii(SECRET);
/** Behind the header of each. */
const [AFTER_IHDR, AFTER_SOI] = [33, 2];
const gifBlocks = 13 + 3 * 2 ** ((plain.movingGif[10]! & 7) + 1);
const losslessData = plain.losslessWebp.subarray(20);
/** VP8X of 16 by 20 which says that everything there is, is there but an animation. */
const extended = fromHex('2c000000 0f0000 130000');

/** Pictures with more in them than is needed, and what is left of them. */
export const dirty: readonly { name: string; bytes: Uint8Array; clean: Uint8Array }[] = [
  ...['tEXt', 'zTXt', 'iTXt', 'eXIf', 'iCCP', 'tIME', 'prVt'].map((type) => ({
    name: `a PNG with ${type}`,
    bytes: insert(plain.png, AFTER_IHDR, png(type, secret)),
    clean: plain.png,
  })),
  {
    name: 'a GIF with a comment',
    bytes: insert(plain.movingGif, gifBlocks, block(0xfe, secret)),
    clean: plain.movingGif,
  },
  {
    name: 'a GIF with XMP',
    bytes: insert(plain.movingGif, gifBlocks, block(0xff, ascii('XMP DataXMP'), secret)),
    clean: plain.movingGif,
  },
  {
    name: 'a GIF with text to be drawn',
    bytes: insert(plain.movingGif, gifBlocks, block(0x01, new Uint8Array(12), secret)),
    clean: plain.movingGif,
  },
  {
    name: 'a WebP with Exif, XMP, a profile and something of its own',
    bytes: webp(
      ['VP8X', extended],
      ['ICCP', secret],
      ['VP8L', losslessData],
      ['EXIF', secret],
      ['XMP ', secret],
      ['PRIV', secret],
    ),
    clean: webp(['VP8X', fromHex('00000000 0f0000 130000')], ['VP8L', losslessData]),
  },
  ...[0xe1, 0xe2, 0xed, 0xef, 0xe0, 0xfe].map((marker) => ({
    name: `a JPEG with a segment ${marker.toString(16)}`,
    bytes: insert(plain.jpeg, AFTER_SOI, segment(marker, secret)),
    clean: plain.jpeg,
  })),
  { name: 'a JPEG with another file behind it', bytes: concatBytes([plain.jpeg, secret]), clean: plain.jpeg },
];

/** 50 000 pixels on each side. */
const HUGE = (0xc350).toString(16).padStart(8, '0');

/** Pictures that say that they are far larger than they are. */
export const bombs: readonly { name: string; bytes: Uint8Array; size: Pick<Picture, 'width' | 'height'> }[] = [
  { name: 'PNG', bytes: pngWith(0, HUGE + HUGE), size: { width: 50_000, height: 50_000 } },
  {
    name: 'GIF',
    bytes: write(plain.movingGif, 6, '50c350c3'),
    size: { width: 50_000, height: 50_000 },
  },
  // The format ends at 16 383 for one picture, and at 2²⁴ for what several are on.
  { name: 'WebP', bytes: write(plain.losslessWebp, 21, 'ffffff0f'), size: { width: 16_384, height: 16_384 } },
  {
    name: 'animated WebP',
    bytes: write(plain.movingWebp, 24, '4fc3004fc300'),
    size: { width: 50_000, height: 50_000 },
  },
  {
    name: 'JPEG',
    bytes: write(
      plain.jpeg,
      plain.jpeg.findIndex((byte, at) => byte === 0xff && plain.jpeg[at + 1] === 0xc2) + 5,
      'c350c350',
    ),
    size: { width: 50_000, height: 50_000 },
  },
];

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const script = '<script>alert(1)</script>';

/** What is no picture, or a picture and something else. */
export const refused: readonly { name: string; bytes: Uint8Array }[] = [
  { name: 'nothing', bytes: new Uint8Array(0) },
  { name: 'SVG', bytes: text(`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`) },
  { name: 'SVG with a preface', bytes: text(`<?xml version="1.0"?><svg onload="alert(1)"/>`) },
  { name: 'HTML', bytes: text(`<!doctype html>${script}`) },
  { name: 'HTML that begins as a GIF', bytes: text(`GIF89a/*${script}*/=0;`) },
  { name: 'PDF', bytes: text('%PDF-1.7') },
  { name: 'BMP', bytes: fromHex('424d 3a000000 00000000 36000000') },
  { name: 'AVIF', bytes: fromHex('0000001c 66747970 61766966 00000000') },
  ...(['png', 'movingPng', 'movingGif', 'lossyWebp', 'losslessWebp', 'movingWebp'] as const).flatMap((name) => [
    { name: `${name} and HTML behind it`, bytes: concatBytes([plain[name], text(script)]) },
    {
      name: `${name} and a ZIP archive behind it`,
      bytes: concatBytes([plain[name], fromHex('504b0506'), new Uint8Array(18)]),
    },
    { name: `${name} behind a space`, bytes: concatBytes([text(' '), plain[name]]) },
  ]),
  { name: 'a PNG with a wrong checksum', bytes: write(plain.png, 29, '00000000') },
  { name: 'a PNG of no size', bytes: pngWith(0, '00000000') },
  { name: 'a PNG of a colour that there is not', bytes: pngWith(8, '0801') },
  { name: 'a PNG with a palette and none', bytes: pngWith(8, '0803') },
  { name: 'a PNG with something that has to be understood', bytes: insert(plain.png, AFTER_IHDR, png('CgBI', secret)) },
  {
    name: 'a PNG without pixels',
    bytes: concatBytes([plain.png.subarray(0, AFTER_IHDR), png('IEND', new Uint8Array(0))]),
  },
  { name: 'a PNG whose pixels are a script', bytes: insert(plain.png, AFTER_IHDR, png('IDAT', text(script))) },
  {
    name: 'a PNG that says it moves and does not',
    bytes: insert(plain.png, AFTER_IHDR, png('acTL', fromHex('00000002 00000000'))),
  },
  { name: 'a GIF without pixels', bytes: concatBytes([plain.movingGif.subarray(0, gifBlocks), Uint8Array.of(0x3b)]) },
  { name: 'a GIF of no size', bytes: write(plain.movingGif, 6, '00000000') },
  { name: 'a GIF with a block of no kind', bytes: insert(plain.movingGif, gifBlocks, block(0x42, secret)) },
  { name: 'a WebP with two pictures', bytes: webp(['VP8L', losslessData], ['VP8L', losslessData]) },
  {
    name: 'a WebP that is larger than its pixels',
    bytes: webp(['VP8X', fromHex('00000000 ff0000 ff0000')], ['VP8L', losslessData]),
  },
  { name: 'a WebP without pixels', bytes: webp(['VP8X', extended]) },
  { name: 'a WebP whose pixels are something else', bytes: webp(['VP8 ', secret]) },
  { name: 'a sound in RIFF', bytes: write(plain.losslessWebp, 8, '57415645') },
  { name: 'a JPEG without pixels', bytes: fromHex('ffd8ffd9') },
  {
    name: 'a lossless JPEG',
    bytes: write(
      plain.jpeg,
      plain.jpeg.findIndex((byte, at) => byte === 0xff && plain.jpeg[at + 1] === 0xc2),
      'ffc3',
    ),
  },
  { name: 'a JPEG with a script between its parts', bytes: insert(plain.jpeg, AFTER_SOI, text(script)) },
];
