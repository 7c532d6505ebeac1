/** A value of AMF0 or AMF3. Both kinds of array with names, and typed objects, are objects here. */
export type AmfValue = undefined | null | boolean | number | string | AmfDate | Uint8Array | AmfValue[] | AmfObject;

/** Names and values. Made by `amfObject()`: nothing of `Object.prototype` is in its chain, so any name is just a name. */
export interface AmfObject {
  [name: string]: AmfValue;
}

/** A point in time, as carried; never turned into the platform's own type. */
export class AmfDate {
  /** ms since 1970 in UTC; whatever number the peer sent. */
  readonly ms: number;
  /** Minutes; reserved and 0 by the specification, kept as sent. */
  readonly zone: number;

  constructor(ms: number, zone = 0) {
    this.ms = ms;
    this.zone = zone;
  }
}

/** Asks the encoder for an ECMA array (AMF0 marker 0x08) where it would write an object. */
export class EcmaArray {
  readonly entries: AmfObject;

  constructor(entries: AmfObject) {
    this.entries = entries;
  }
}

// `Object.create(null)` gives a hash table of 190 bytes; a constructor with a bare prototype gives 30, and peers may send thousands.
const Bare = function () {} as unknown as new () => AmfObject;
Bare.prototype = Object.freeze(Object.create(null));

/** An object without inherited names, with the given entries. */
export function amfObject(entries: Readonly<Record<string, AmfValue>> = {}): AmfObject {
  const object = new Bare();
  for (const name of Object.keys(entries)) object[name] = entries[name];
  return object;
}

/** True for names and values, false for arrays, dates, bytes and plain values. */
export function isAmfObject(value: unknown): value is AmfObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof AmfDate) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof EcmaArray)
  );
}
