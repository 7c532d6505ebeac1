import { concatBytes } from '../bytes/bytes.ts';
import { fromHex } from '../bytes/hex.ts';

/** What a publisher sends at once, and what is in it. */
export interface SoundCase {
  name: string;
  bytes: Uint8Array;
  value: {
    /** The codec config in hexadecimal. */
    config: string;
    /** Samples of each packet. */
    samples: number[];
  };
}

function sound(name: string, hex: string, config: string, ...samples: number[]): SoundCase {
  return { name, bytes: fromHex(hex), value: { config, samples } };
}

/** Frames of AAC with ADTS as FFmpeg 5.1 wrote them. */
export const adtsFrameCases: SoundCase[] = [
  sound('5.1 of silence', 'fff14d80035ffc011820010880230460231004608c0c230000e0', '11b0', 1024),
  sound(
    'one channel of 48 kHz, two frames',
    `fff14c400a1ffc013c88da65917649c1469f8f3fd7c7efe7f4f5fbf9ff5bfc7958f563c0063d58f200788f8ee0a53596
    cb3dc28bdfeca458763f96cbeb9eb458b549fcdb748843133e5132cb9eb3813c
    fff14c40059ffc01562a0a8a54a71ab9abb924961d39bddfc8685c490ce73439124de739a17124dace685ce0`,
    '1188',
    1024,
    1024,
  ),
];

/** Frames of MPEG audio as LAME and FFmpeg 5.1 wrote them. */
export const mp3FrameCases: SoundCase[] = [
  sound('24 kHz of silence', 'fff314c40b00000348000000005555555555555555555555', 'fff304c0', 576),
  sound(
    'two frames in one message',
    'fff314c41600000348000000005555555555555555555555 fff314c42100000348000000005555555555555555555555',
    'fff304c0',
    576,
    576,
  ),
  sound(
    'a frame with a byte of padding, and one without',
    `fffb1264220ff00000690000000800000d20000001000001a40000002000003480000004${'5'.repeat(138)}
    fffb1064448ff00000690000000800000d20000001000001a40000002000003480000004${'5'.repeat(136)}`,
    'fffb0000',
    1152,
    1152,
  ),
  sound(
    'layer II',
    `fffd14043311240009000aaaafbefbefbefbe5b16c6b5ad6b56c5b1ad6b5ad5b16c6b5ad6b56c5b1ad6b5ad5b16c6b5ad6b56c5b1ad6b5ad
    5b16c6b5ad6b56c5b1ad6b5ad5b16c6b5ad6b56c5b1ad6b5ad5b16c6b5ad6b56c5b1ad6b5ad00000`,
    'fffd0400',
    1152,
  ),
];

/** Frames as FFmpeg 5.1 wrote them. */
export const flacFrameCases: SoundCase[] = [
  sound(
    'blocks of 16 samples',
    'fff86908030f0f48021e011e001eff1dfe1de6253bb6b65b43a1e03ad0235fc7ecfa7fa86a3696a6aa2a9a8560',
    '664c614380000022001000100000160000350ac440f000015888b2d9c923d7580bfef57edf3ef325851c',
    16,
  ),
  sound(
    'a long number',
    'fff86908c4ac0fbc48f5e4f6b0f786f864f949e624b1ba804e4fb590302051fba8f5989c9f092572f9b44880',
    '664c614380000022001000100000160000350ac440f000015888b2d9c923d7580bfef57edf3ef325851c',
    16,
  ),
  sound(
    'a last, shorter block',
    'fff86908e19688071316f84ff934fa20000704803494',
    '664c614380000022001000100000160000350ac440f000015888b2d9c923d7580bfef57edf3ef325851c',
    8,
  ),
  sound(
    '96 kHz of 24 bits',
    `fff86b0c083f8f45010d230cde0c97e62b77b1202fac2320a29c5388214e53944c2110c4cd9b548b896f55e5773a8a538a2a6fffefd3eaa9fd35
    d15d54c05ae9`,
    '664c6143800000220040004000004000005817700170000003c0d31b9a46fdfe5755350a26bf6a8087fb',
    64,
  ),
  sound(
    'silence',
    'fff85a1800d60000000000000666',
    '664c6143800000221200120000000e0000100bb802f00000258002b0fb5e328d311a2c47b3dfb586749e',
    4608,
  ),
  sound(
    'a last block of silence',
    'fff87a1802017f190000000000006e23',
    '664c6143800000221200120000000e0000100bb802f00000258002b0fb5e328d311a2c47b3dfb586749e',
    384,
  ),
];

/** Syncframes as FFmpeg 5.1 wrote them. */
export const ac3FrameCases: SoundCase[] = [
  sound(
    '48 kHz',
    '0b77e38300402f8429024d13c7f244852f9f3a4d09f3d86fb3a54badf52a6a4cbfb29041f84200dc59a2b03982a0d1286480764c27b1c5b1bab0a65f9ab9d23240353b05ac85a9fa5c24d79486d2992008afd0433be9048c0168580526ec900dc95aee84a2aed0b5ffe95bb64648071f46792ca8ef8a155cf753bc532000d797',
    '100800',
    1536,
  ),
  sound(
    '44.1 kHz',
    '0b77a94e40402f842902c08ec5f3842d8a92607e917c2730d53a7ce75bf515ccbfb1b048959413fa144149bcbc4ce1faab78a5009b707a2b043ca29ec2754f5f098b76a5007587c6ebbdf26ec899f9b64ef63b74b100870108ca7fa58c8c1b668e0e0a0b783d006ef686ac82ba6adf3289ef98f7b3773100a8910aa17b37aa016814e2b6088b7554ccb5',
    '500800',
    1536,
  ),
  sound(
    '44.1 kHz, and a word more',
    '0b770ffd41402f842902c089c7f385784fdc707ce53c34aaa9399082bbe7b58cbfb4f024b3e89c11afc9c3c09fb92ffff50dcc4001133bff8b8d5ff890d600344200cb50d00d3b3bf6771b17675c06c456ff0150e0c4013f28d485fa68486cd20df2353faa36d50096790e76e0f1e769dc9cb2f7102e6d55401df0ba70e7e7a710038eccb0e7f62b6bc0ef97',
    '500800',
    1536,
  ),
];

export interface Eac3Parts {
  /** strmtyp. */
  type?: number;
  substream?: number;
  /** Half the bytes of the frame. */
  words?: number;
  /** From fscod on, in bits. */
  bits: string;
}

/** A syncframe of E-AC-3 with this header and nothing in it. */
export function eac3Frame({ type = 0, substream = 0, words = 64, bits }: Eac3Parts): Uint8Array {
  const head = [
    [0x0b77, 16],
    [type, 2],
    [substream, 3],
    [words - 1, 11],
  ].map(([value, width]) => value!.toString(2).padStart(width!, '0'));
  const text = [...head, bits.replaceAll(/\s/g, '')].join('').padEnd(words * 16, '0');
  return Uint8Array.from({ length: words * 2 }, (_, i) => Number.parseInt(text.slice(i * 8, i * 8 + 8), 2));
}

/** fscod, numblkscod, acmod, lfeon, bsid, dialnorm, compre. */
const STEREO = '00 11 010 0 10000 11111 0';
const SURROUND = '00 11 111 1 10000 11111 0';
/** No mixmdate, infomdate and addbsie. */
const PLAIN = '0 0 0';
/** addbsie, addbsil and what says that there are 16 objects. */
const OBJECTS = '1 000001 0000000 1 00010000';

const surround = eac3Frame({ bits: `${SURROUND} ${PLAIN}` });
const rear = eac3Frame({ type: 1, bits: `00 11 110 0 10000 11111 0 1 0001101000000000 ${PLAIN}` });

function made(name: string, bytes: Uint8Array, config: string, ...samples: number[]): SoundCase {
  return { name, bytes, value: { config, samples } };
}

/** Access units: the first ones as FFmpeg 5.1 wrote them, then headers with everything that can be in them. */
export const eac3FrameCases: SoundCase[] = [
  sound(
    'two channels of 32 kbit/s',
    '0b77003f3487c00020f80000150000060606018181874f69bea32b31fc8721525a4fd2c328cacc7f3e3e7cf9f3e7cf801e197ecc963197ecc96029d397e1ebe5071060be50710609b8e6b07931cd8356131cd83502a6d28678763f3418c763f341809b0ac887af43b9c982f43b9c9829ce7541e3db0ecf783db0ecf600006f31',
    '0100200400',
    1536,
  ),
  sound(
    'one channel of 44.1 kHz',
    '0b7700337287c0000004e0016044e3f9c222984e6e3e4abe13d8d5d53f194dd258622068d9f8e35845340482c37d2ce433b39e1ba2e1fd0b096c175ab0461892620d05e897a1a25eb0a7570bf03f33f6bc6fdaa1904a20186f9dc4c6f713bee1bbe000000000d565',
    '00c0600200',
    1536,
  ),
  sound(
    '5.1 of silence',
    `0b77007f3f87c000200000000200000003701f000404040101010040404010101004040418f9f3e7cf9f3e7cf9f3e7dff3abe7cf9f3e7cf9f3
    e7c7fceaf9f3e7cf9f3e7cf9f1ff3abe7cf9f3e7cf9f3e7c7fceaf9f3e7cf9f3e7cf9f1ff3abe7cf9f3e7cf9f3e7c7fcea00001e35ad680035ad
    00078d6b4001ad6b4001e35ad000000003c6b5ad0006b5a000f1ad680035ad68003c6b5a0000000078d6b5a000d6b4001e35ad0006b5ad00078d6b
    400000000f1ad6b4001ad68003c6b5a000d6b5a000f1ad6800000001e35ad680035ad00078d6b4001ad6b4001e35ad000000003c6b5ad0006b5a000
    f1ad680035ad68003c6b5a0000000000000000000eb60`,
    '0200200f00',
    1536,
  ),
  made('5.1', surround, '0100200f00', 1536),
  made('7.1', concatBytes([surround, rear]), '0200200f0202', 1536),
  made('two of 7.1', concatBytes([surround, rear, surround, rear]), '0200200f0202', 1536, 1536),
  made(
    'all places, in two dependent substreams',
    concatBytes([
      surround,
      eac3Frame({ type: 1, bits: `00 11 010 0 10000 11111 1 00000000 1 0000010101010010 ${PLAIN}` }),
      eac3Frame({ type: 1, substream: 1, bits: `00 11 010 0 10000 11111 0 1 0000001010101000 ${PLAIN}` }),
    ]),
    '0300200f05ff',
    1536,
  ),
  made(
    'a dependent substream that has no places of its own',
    concatBytes([surround, eac3Frame({ type: 1, bits: `${STEREO} 0 ${PLAIN}` })]),
    '0200200f0200',
    1536,
  ),
  made(
    'two programmes',
    concatBytes([surround, eac3Frame({ substream: 1, bits: `${STEREO} ${PLAIN}` })]),
    '0201200f00200400',
    1536,
  ),
  made('objects', eac3Frame({ bits: `${SURROUND} 0 0 ${OBJECTS}` }), '0100200f000110', 1536),
  made(
    'objects behind all about mixing and all else about surround',
    eac3Frame({
      bits: `00 11 111 1 10000 11111 1 00000000
        1 10 100 100 100 100 1 10100 1 000000 1 000000 01 1 111 1 1 1 10101 0 1 10101 0 0 0
        1 101 1 1 10 1 00000 00 0 0 ${OBJECTS}`,
    }),
    '0100205f000110',
    1536,
  ),
  made(
    'objects behind all about mixing and all else about two languages',
    eac3Frame({
      bits: `01 11 000 0 10000 11111 1 00000000 11111 1 00000000
        1 1 000000 1 000000 1 000000 11 00001 000000000000000000000000 1 00000000 000000 1 00000000 000000 0
        1 010 1 1 1 00000 00 0 1 00000 00 0 1 ${OBJECTS}`,
    }),
    '00e86020000110',
    1536,
  ),
  made(
    'two channels with all about them',
    eac3Frame({ bits: `${STEREO} 1 0 0 10 000000000000 0 1 001 0 0 01 10 0 0 ${OBJECTS}` }),
    '01002014000110',
    1536,
  ),
  made(
    'one block, with its share of the mixing',
    eac3Frame({ bits: `00 00 001 0 10000 11111 0 1 0 0 00 0 1 10101 0 1 ${OBJECTS}` }),
    '06002002000110',
    256,
  ),
  made('three blocks', eac3Frame({ bits: `00 10 010 0 10000 11111 0 0 0 1 ${OBJECTS}` }), '02002004000110', 768),
  made('frames made of AC-3', eac3Frame({ type: 2, bits: `${STEREO} 0 0 010100 ${OBJECTS}` }), '01002004000110', 1536),
  made(
    'short frames made of AC-3',
    eac3Frame({ type: 2, bits: `00 01 010 0 10000 11111 0 0 0 1 010100 ${OBJECTS}` }),
    '03002004000110',
    512,
  ),
  made('half of a rate', eac3Frame({ bits: `11 00 010 0 10000 11111 0 ${PLAIN}` }), '0080e00400', 1536),
  made(
    'a header that does not end',
    eac3Frame({ words: 4, bits: `${STEREO.slice(0, -1)}1 11111111 11111` }),
    '0010200400',
    1536,
  ),
];
