import { WrongUsage } from '../config/load.ts';
import type { TranscodeOptions } from '../push/transcode.ts';

/** What a person can mean; beyond it is a slip of the finger. */
const SIDE = { least: 16, most: 8192 } as const;
const FPS = { least: 1, most: 240 } as const;
const BIT_RATE = { least: 10_000, most: 200_000_000 } as const;
const GOP = { least: 0.1, most: 60 } as const;

const ONLY_WITH = ['size', 'fps', 'bitrate', 'gop'] as const;

/** Reads `--transcode` and what goes with it; undefined where it is not wanted. @throws WrongUsage */
export function transcodeFlags(flags: ReadonlyMap<string, string | true>): TranscodeOptions | undefined {
  if (!flags.has('transcode')) {
    const stray = ONLY_WITH.find((name) => flags.has(name));
    if (stray !== undefined) throw new WrongUsage(`--${stray} goes with --transcode only.`);
    return undefined;
  }
  const text = (name: (typeof ONLY_WITH)[number]): string | undefined => flags.get(name) as string | undefined;
  const [size, fps, bitRate, gop] = [text('size'), text('fps'), text('bitrate'), text('gop')];
  return {
    ...(size === undefined ? {} : { size: sizeOf(size) }),
    ...(fps === undefined ? {} : { fps: numberIn(fps, /^(\d{1,3}(?:\.\d{1,3})?)$/, FPS) ?? wrong('fps', '30') }),
    ...(bitRate === undefined ? {} : { bitRate: bitRateOf(bitRate) }),
    ...(gop === undefined ? {} : { gop: numberIn(gop, /^(\d{1,2}(?:\.\d{1,3})?)s?$/, GOP) ?? wrong('gop', '2s') }),
  };
}

function sizeOf(text: string): { width: number; height: number } {
  const [, width = 0, height = 0] = (/^(\d{2,4})x(\d{2,4})$/.exec(text) ?? []).map(Number);
  const fits = [width, height].every((side) => side >= SIDE.least && side <= SIDE.most && side % 2 === 0);
  return fits ? { width, height } : wrong('size', 'two even numbers such as 1280x720');
}

function bitRateOf(text: string): number {
  const [, digits, unit] = /^(\d{1,9}(?:\.\d{1,3})?)([kM]?)$/.exec(text) ?? [];
  const rate = Number(digits) * (unit === 'k' ? 1000 : unit === 'M' ? 1_000_000 : 1);
  return rate >= BIT_RATE.least && rate <= BIT_RATE.most ? rate : wrong('bitrate', '2500k or 4M');
}

function numberIn(text: string, form: RegExp, { least, most }: { least: number; most: number }): number | undefined {
  const number = Number(form.exec(text)?.[1]);
  return number >= least && number <= most ? number : undefined;
}

function wrong(name: string, example: string): never {
  throw new WrongUsage(`--${name} takes ${/^\d/.test(example) ? `a value such as ${example}` : example}.`);
}
