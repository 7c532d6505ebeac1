import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../../media/bytes/byte-reader.ts';
import { Amf3Decoder } from './amf3.ts';
import { AmfBudget, amfLimits, type AmfLimits, References } from './budget.ts';
import { readName, readText } from './text.ts';
import { AmfDate, amfObject, type AmfObject, type AmfValue } from './value.ts';

/** Type markers of AMF0 (Action Message Format AMF 0, 2.1). */
export const marker0 = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  reference: 0x07,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xml: 0x0f,
  typedObject: 0x10,
  amf3: 0x11,
} as const;

/**
 * All values of a message, to its end. Class names of typed objects are not kept; what AMF0 calls unsupported is
 * undefined; XML is a string.
 *
 * @throws ProtocolError for bytes that are not AMF0 or are above the limits.
 */
export function decodeAmf0(bytes: Uint8Array, limits: AmfLimits = amfLimits): AmfValue[] {
  const decoder = new Amf0Decoder(bytes, limits);
  const values: AmfValue[] = [];
  while (decoder.left > 0) values.push(decoder.value());
  return values;
}

/**
 * The values of an AMF3 command or data message (RTMP types 17 and 15): a byte 0 and then AMF0 values, each of which
 * may switch to AMF3. Peers that leave the byte out are understood.
 */
export function decodeAmf3Command(bytes: Uint8Array, limits: AmfLimits = amfLimits): AmfValue[] {
  return decodeAmf0(bytes[0] === 0 ? bytes.subarray(1) : bytes, limits);
}

class Amf0Decoder {
  readonly #reader: ByteReader;
  readonly #budget: AmfBudget;
  readonly #references: References<AmfValue[] | AmfObject>;
  #amf3: Amf3Decoder | undefined;

  constructor(bytes: Uint8Array, limits: AmfLimits) {
    this.#reader = new ByteReader(bytes);
    this.#budget = new AmfBudget(limits);
    this.#references = new References(this.#budget);
  }

  get left(): number {
    return this.#reader.left;
  }

  value(): AmfValue {
    const reader = this.#reader;
    const marker = reader.u8();
    if (marker !== marker0.amf3) this.#budget.node(); // the AMF3 decoder counts its own
    switch (marker) {
      case marker0.number:
        this.#budget.spend(9);
        return reader.f64();
      case marker0.boolean:
        this.#budget.spend(2);
        return reader.u8() !== 0;
      case marker0.string:
        this.#budget.spend(3);
        return readText(reader, reader.u16(), this.#budget);
      case marker0.longString:
      case marker0.xml:
        this.#budget.spend(5);
        return readText(reader, reader.u32(), this.#budget);
      case marker0.null:
        this.#budget.spend(1);
        return null;
      case marker0.undefined:
      case marker0.unsupported:
        this.#budget.spend(1);
        return undefined;
      case marker0.date:
        this.#budget.spend(11);
        return new AmfDate(reader.f64(), reader.i16());
      case marker0.reference:
        return this.#references.get(reader.u16());
      case marker0.strictArray:
        return this.#strictArray();
      case marker0.ecmaArray:
        reader.skip(4); // The count is a hint that is often wrong; the end marker decides.
        return this.#object(true);
      case marker0.typedObject:
        readName(reader, reader.u16(), this.#budget);
        return this.#object(false);
      case marker0.object:
        return this.#object(false);
      case marker0.amf3:
        this.#amf3 ??= new Amf3Decoder(reader, this.#budget);
        return this.#amf3.value();
      default:
        throw new ProtocolError(`AMF0 has no type 0x${marker.toString(16)}.`);
    }
  }

  #strictArray(): AmfValue[] {
    const count = this.#reader.u32();
    this.#budget.expect(count);
    this.#budget.spend(5);
    return this.#references.read([] as AmfValue[], (array) => {
      for (let i = 0; i < count; i++) array.push(this.value());
    });
  }

  /** `open`: some encoders write no end marker after an ECMA array that ends its message. */
  #object(open: boolean): AmfObject {
    const reader = this.#reader;
    this.#budget.spend(8);
    return this.#references.read(amfObject(), (object) => {
      for (;;) {
        if (open && reader.left === 0) return;
        const length = reader.u16();
        if (length === 0 && reader.bytes[reader.position] === marker0.objectEnd) {
          reader.skip(1);
          return;
        }
        this.#budget.spend(2);
        const name = readName(reader, length, this.#budget);
        object[name] = this.value();
      }
    });
  }
}
