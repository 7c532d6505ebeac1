import { ProtocolError } from '../../src/errors.ts';
import { type ByteRange, playlistLimits } from './playlist.ts';

/** A list of attributes (4.2): read once from the left to the right, each value by the form that its tag gives it. */
export class Attributes {
  readonly #tag: string;
  readonly #values = new Map<string, string>();

  /** @throws ProtocolError for a list that is not of the form, or names an attribute twice. */
  constructor(tag: string, list: string) {
    this.#tag = tag;
    let at = 0;
    while (at < list.length) {
      const equals = list.indexOf('=', at);
      if (equals < 0) throw this.#broken('has an attribute without a value');
      const name = list.slice(at, equals);
      if (name.length > playlistLimits.text || !/^[A-Z0-9-]+$/.test(name)) throw this.#broken('has a malformed name');
      if (this.#values.has(name)) throw this.#broken(`has ${name} twice`);
      if (this.#values.size >= playlistLimits.attributes) throw tooMuch(`${tag} has too many attributes.`);
      const end = this.#endOf(list, equals + 1);
      if (end - equals > playlistLimits.text) throw tooMuch(`${tag} has a value that is too long.`);
      this.#values.set(name, list.slice(equals + 1, end));
      at = end + 1;
      if (end < list.length && at === list.length) throw this.#broken('ends with a comma');
    }
    if (this.#values.size === 0) throw this.#broken('has no attributes');
  }

  /** Where a value ends: at a comma or the end, and a quoted one only there. */
  #endOf(list: string, start: number): number {
    const quoted = list[start] === '"';
    const close = quoted ? list.indexOf('"', start + 1) : -1;
    if (quoted && close < 0) throw this.#broken('has a text that does not end');
    const comma = quoted ? close + 1 : list.indexOf(',', start);
    const end = comma < 0 ? list.length : comma;
    if (end === start) throw this.#broken('has an empty value');
    if (end < list.length && list[end] !== ',') throw this.#broken('has something behind a text');
    return end;
  }

  #raw(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** A quoted string, without its quotes. */
  text(name: string): string | undefined {
    const raw = this.#raw(name);
    if (raw === undefined) return undefined;
    if (raw[0] !== '"') throw this.#broken(`has ${name} without quotes`);
    return raw.slice(1, -1);
  }

  /** An address. */
  uri(name: string): string | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : checkedUri(text, this.#tag);
  }

  /** One of these words. */
  word<const T extends string>(name: string, words: readonly T[]): T | undefined {
    const raw = this.#raw(name);
    if (raw === undefined) return undefined;
    const found = words.find((word) => word === raw);
    if (found === undefined) throw this.#broken(`has another ${name} than ${words.join(', ')}`);
    return found;
  }

  flag(name: string): boolean {
    return this.word(name, ['YES', 'NO']) === 'YES';
  }

  integer(name: string): number | undefined {
    const raw = this.#raw(name);
    return raw === undefined ? undefined : integerOf(raw, `${this.#tag} ${name}`);
  }

  float(name: string): number | undefined {
    const raw = this.#raw(name);
    return raw === undefined ? undefined : floatOf(raw, `${this.#tag} ${name}`);
  }

  signedFloat(name: string): number | undefined {
    const raw = this.#raw(name);
    if (raw === undefined) return undefined;
    return raw[0] === '-' ? -floatOf(raw.slice(1), `${this.#tag} ${name}`) : floatOf(raw, `${this.#tag} ${name}`);
  }

  /** `1280x720`. */
  resolution(name: string): { width: number; height: number } | undefined {
    const raw = this.#raw(name);
    if (raw === undefined) return undefined;
    const [width, height, ...more] = raw.split('x', 3);
    if (width === undefined || height === undefined || more.length > 0) throw this.#broken(`has a malformed ${name}`);
    return { width: integerOf(width, `${this.#tag} ${name}`), height: integerOf(height, `${this.#tag} ${name}`) };
  }

  /** `"LENGTH@OFFSET"`; `next`: the offset where none stands. */
  range(name: string, next: () => number): ByteRange | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : rangeOf(text, next, `${this.#tag} ${name}`);
  }

  /** What must be there. */
  need<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw this.#broken(`has no ${name}`);
    return value;
  }

  /** What may not stand here. */
  refuse(...names: string[]): void {
    for (const name of names) if (this.#values.has(name)) throw this.#broken(`may not have ${name}`);
  }

  #broken(what: string): ProtocolError {
    return new ProtocolError(`${this.#tag} ${what}.`);
  }
}

/** A decimal integer (4.2) that JavaScript can hold. */
export function integerOf(text: string, what: string): number {
  if (text.length > playlistLimits.number || !/^\d{1,20}$/.test(text))
    throw new ProtocolError(`${what} is no integer.`);
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw tooMuch(`${what} is too large.`);
  return value;
}

/** A decimal number (4.2), not negative. */
export function floatOf(text: string, what: string): number {
  if (text.length > playlistLimits.number || !/^\d+(?:\.\d+)?$/.test(text))
    throw new ProtocolError(`${what} is no number.`);
  return Number(text);
}

/** Seconds of a segment, a part or a target. */
export function durationOf(text: string, what: string): number {
  return checkedDuration(floatOf(text, what), what);
}

export function checkedDuration(seconds: number, what: string): number {
  if (seconds > playlistLimits.duration) throw tooMuch(`${what} is too long.`);
  return seconds;
}

/** `LENGTH@OFFSET`, or `LENGTH` where it goes on behind the one before. */
export function rangeOf(text: string, next: () => number, what: string): ByteRange {
  const at = text.indexOf('@');
  const length = integerOf(at < 0 ? text : text.slice(0, at), what);
  const offset = at < 0 ? next() : integerOf(text.slice(at + 1), what);
  if (length === 0) throw new ProtocolError(`${what} is empty.`);
  if (!Number.isSafeInteger(offset + length)) throw tooMuch(`${what} ends too far.`);
  return { length, offset };
}

/** An address as it may stand in a playlist: what is not allowed in URIs is escaped there. */
export function checkedUri(text: string, what: string): string {
  if (text.length > playlistLimits.uri) throw tooMuch(`${what} has an address that is too long.`);
  if (text === '' || /[\s"<>\\^`{|}]/.test(text)) throw new ProtocolError(`${what} has a malformed address.`);
  return text;
}

export function tooMuch(message: string): ProtocolError {
  return new ProtocolError(message, 'limit-exceeded');
}
