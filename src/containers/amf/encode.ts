import { ProtocolError } from '../../errors.ts';
import { ByteWriter } from '../../media/bytes/byte-writer.ts';
import { marker0 } from './amf0.ts';
import { marker3 } from './amf3.ts';
import { amfLimits } from './budget.ts';
import { AmfDate, type AmfValue, EcmaArray } from './value.ts';

const SHORT = 0xffff;

const encoder = new TextEncoder();

/**
 * One message of AMF0 values. Arrays become strict arrays, objects become anonymous ones unless they are wrapped as
 * `EcmaArray`, bytes switch to AMF3 for themselves. Nothing is written as a reference.
 *
 * @throws ProtocolError for values nested deeper than a peer may send, loops among them.
 */
export function encodeAmf0(...values: (AmfValue | EcmaArray)[]): Uint8Array {
  const writer = new ByteWriter();
  for (const value of values) write(writer, value, 0);
  return writer.finish();
}

function write(writer: ByteWriter, value: AmfValue | EcmaArray, depth: number): void {
  switch (typeof value) {
    case 'number':
      writer.u8(marker0.number);
      writer.f64(value);
      return;
    case 'boolean':
      writer.u8(marker0.boolean);
      writer.u8(value ? 1 : 0);
      return;
    case 'string':
      writeString(writer, value);
      return;
    case 'object':
      if (value !== null) writeObject(writer, value, depth + 1);
      else writer.u8(marker0.null);
      return;
    default:
      writer.u8(marker0.undefined);
  }
}

function writeString(writer: ByteWriter, value: string): void {
  const bytes = encoder.encode(value);
  if (bytes.length > SHORT) {
    writer.u8(marker0.longString);
    writer.u32(bytes.length);
  } else {
    writer.u8(marker0.string);
    writer.u16(bytes.length);
  }
  writer.bytes(bytes);
}

function writeObject(writer: ByteWriter, value: object, depth: number): void {
  if (value instanceof AmfDate) {
    writer.u8(marker0.date);
    writer.f64(value.ms);
    writer.u16(value.zone);
  } else if (value instanceof Uint8Array) {
    writeByteArray(writer, value);
  } else if (depth > amfLimits.depth) {
    throw new ProtocolError(`An AMF message has more than ${amfLimits.depth} levels.`, 'limit-exceeded');
  } else if (Array.isArray(value)) {
    writer.u8(marker0.strictArray);
    writer.u32(value.length);
    for (const entry of value) write(writer, entry, depth);
  } else if (value instanceof EcmaArray) {
    writer.u8(marker0.ecmaArray);
    writer.u32(Object.keys(value.entries).length);
    writeEntries(writer, value.entries, depth);
  } else {
    writer.u8(marker0.object);
    writeEntries(writer, value as Record<string, AmfValue>, depth);
  }
}

function writeEntries(writer: ByteWriter, entries: Record<string, AmfValue>, depth: number): void {
  for (const name of Object.keys(entries)) {
    const bytes = encoder.encode(name);
    if (bytes.length > SHORT) throw new ProtocolError('An AMF name is above 64 KiB.', 'limit-exceeded');
    writer.u16(bytes.length);
    writer.bytes(bytes);
    write(writer, entries[name], depth);
  }
  writer.u16(0);
  writer.u8(marker0.objectEnd);
}

/** AMF0 has no bytes; a switch to AMF3 for one value has (AMF 3, 3.14). */
function writeByteArray(writer: ByteWriter, value: Uint8Array): void {
  writer.u8(marker0.amf3);
  writer.u8(marker3.byteArray);
  writeU29(writer, (value.length << 1) | 1);
  writer.bytes(value);
}

function writeU29(writer: ByteWriter, value: number): void {
  if (value >= 1 << 21) {
    writer.u8((value >> 22) | 0x80);
    writer.u8((value >> 15) | 0x80);
    writer.u8((value >> 8) | 0x80);
    writer.u8(value);
    return;
  }
  if (value >= 1 << 14) writer.u8((value >> 14) | 0x80);
  if (value >= 1 << 7) writer.u8((value >> 7) | 0x80);
  writer.u8(value & 0x7f);
}
