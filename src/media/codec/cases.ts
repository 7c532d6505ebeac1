import type { CodecInfo } from './codec.ts';

/** A codec config, and what it says. */
export interface ConfigCase {
  name: string;
  bytes: Uint8Array;
  value: CodecInfo;
  /** True where we would write other bytes that say the same. */
  oneWay?: boolean;
}

/** An access unit as an encoder wrote it, read without a config. */
export interface UnitCase {
  name: string;
  bytes: Uint8Array;
  /** In hexadecimal: the codec config that it brings, and what a frame of it carries. */
  value: { key: boolean; config?: string; data: string };
}

/** Bits as text, with `ue:N` for an Exp-Golomb code. */
function bits(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .map((part) => (part.startsWith('ue:') ? golomb(Number(part.slice(3))) : part))
    .join('');
}

function golomb(value: number): string {
  const code = (value + 1).toString(2);
  return '0'.repeat(code.length - 1) + code;
}

/** Bits as text in whole bytes, with zeros behind them. */
export function bytesOf(text: string): Uint8Array {
  const all = bits(text);
  const eights = all.padEnd(Math.ceil(all.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  return Uint8Array.from(eights, (eight) => Number.parseInt(eight, 2));
}

/** A NAL unit of these bytes, then these bits with the stop bit, escaped as they must be. */
export function nalOf(head: readonly number[], text: string): Uint8Array {
  const bytes = [...head];
  for (const byte of bytesOf(`${text} 1`)) {
    if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
