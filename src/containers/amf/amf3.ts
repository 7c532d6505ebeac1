import { ProtocolError } from '../../errors.ts';
import type { ByteReader } from '../../media/bytes/byte-reader.ts';
import { type AmfBudget, References } from './budget.ts';
import { readText } from './text.ts';
import { AmfDate, amfObject, type AmfObject, type AmfValue } from './value.ts';

/** Type markers of AMF3 (Action Message Format AMF 3, 3.1). */
export const marker3 = {
  undefined: 0x00,
  null: 0x01,
  false: 0x02,
  true: 0x03,
  integer: 0x04,
  double: 0x05,
  string: 0x06,
  xmlDocument: 0x07,
  date: 0x08,
  array: 0x09,
  object: 0x0a,
  xml: 0x0b,
  byteArray: 0x0c,
  vectorInt: 0x0d,
  vectorUint: 0x0e,
  vectorDouble: 0x0f,
  vectorObject: 0x10,
  dictionary: 0x11,
} as const;

/** Bytes beside the text of a name where it is written as AMF0. */
const NAME_OVERHEAD = 2;
/** AMF0 counts the bytes of a name in 16 bits. */
const MAX_NAME = 0xffff;

/** A string and the bytes it costs. */
interface Text {
  text: string;
  bytes: number;
}

/** Names of an object's sealed members, sent once and then referred to. */
interface Traits {
  names: Text[];
  dynamic: boolean;
}

type Complex = AmfValue[] | AmfObject | AmfDate | Uint8Array;

/**
 * Decodes the AMF3 values of one message. Reference tables last as long as the message. XML is a string, a vector an
 * array, a dictionary an array of pairs; objects that read themselves (externalizable) are refused, since nothing says
 * how long they are.
 */
export class Amf3Decoder {
  readonly #reader: ByteReader;
  readonly #budget: AmfBudget;
  readonly #objects: References<Complex | string>;
  readonly #strings: Text[] = [];
  readonly #traits: Traits[] = [];

  constructor(reader: ByteReader, budget: AmfBudget) {
    this.#reader = reader;
    this.#budget = budget;
    this.#objects = new References(budget);
  }

  value(): AmfValue {
    this.#budget.node();
    this.#budget.spend(1);
    const marker = this.#reader.u8();
    switch (marker) {
      case marker3.undefined:
        return undefined;
      case marker3.null:
        return null;
      case marker3.false:
        this.#budget.spend(1);
        return false;
      case marker3.true:
        this.#budget.spend(1);
        return true;
      case marker3.integer:
        this.#budget.spend(8);
        return (this.#u29() << 3) >> 3;
      case marker3.double:
        this.#budget.spend(8);
        return this.#reader.f64();
      case marker3.string:
        this.#budget.spend(4);
        return this.#string().text;
      case marker3.xmlDocument:
      case marker3.xml:
      case marker3.date:
      case marker3.array:
      case marker3.object:
      case marker3.byteArray:
      case marker3.vectorInt:
      case marker3.vectorUint:
      case marker3.vectorDouble:
      case marker3.vectorObject:
      case marker3.dictionary:
        return this.#complex(marker);
      default:
        throw new ProtocolError(`AMF3 has no type 0x${marker.toString(16)}.`);
    }
  }

  #complex(marker: number): AmfValue {
    const head = this.#u29();
    if ((head & 1) === 0) return this.#objects.get(head >> 1);
    const length = head >> 1;
    switch (marker) {
      case marker3.date:
        return this.#objects.add(new AmfDate(this.#reader.f64()), 10);
      case marker3.xmlDocument:
      case marker3.xml:
        return this.#xml(length);
      case marker3.byteArray:
        return this.#objects.add(this.#reader.take(length).slice(), 5 + length);
      case marker3.array:
        return this.#array(length);
      case marker3.object:
        return this.#object(head);
      case marker3.dictionary:
        return this.#dictionary(length);
      default:
        return this.#vector(marker, length);
    }
  }

  /** Unsigned integer of 1 to 4 bytes, 29 bits (1.3.1). */
  #u29(): number {
    let value = 0;
    for (let i = 0; i < 3; i++) {
      const byte = this.#reader.u8();
      if (byte < 0x80) return (value << 7) | byte;
      value = (value << 7) | (byte & 0x7f);
    }
    return (value << 8) | this.#reader.u8();
  }

  #string(): Text {
    const head = this.#u29();
    if ((head & 1) === 0) {
      const known = this.#strings[head >> 1];
      if (!known) throw new ProtocolError(`AMF3 string reference ${head >> 1} is to nothing.`);
      this.#budget.spend(known.bytes);
      return known;
    }
    const before = this.#budget.bytes;
    const text = readText(this.#reader, head >> 1, this.#budget);
    const string: Text = { text, bytes: this.#budget.bytes - before };
    if (text !== '') this.#strings.push(string);
    return string;
  }

  #xml(length: number): string {
    const before = this.#budget.bytes;
    const text = readText(this.#reader, length, this.#budget);
    const { bytes } = this.#budget;
    return this.#objects.add(text, 4 + bytes - before);
  }

  #array(length: number): AmfValue[] | AmfObject {
    this.#budget.expect(length);
    this.#budget.spend(8);
    const first = this.#string();
    if (first.text === '') {
      return this.#objects.read([] as AmfValue[], (array) => {
        for (let i = 0; i < length; i++) array.push(this.value());
      });
    }
    return this.#objects.read(amfObject(), (object) => {
      for (let name = first; name.text !== ''; name = this.#string()) this.#entry(object, name);
      for (let i = 0; i < length; i++) this.#entry(object, { text: String(i), bytes: 0 });
    });
  }

  #object(head: number): AmfObject {
    this.#budget.spend(8);
    return this.#objects.read(amfObject(), (object) => {
      const traits = this.#traitsOf(head);
      for (const name of traits.names) {
        this.#budget.spend(name.bytes);
        this.#entry(object, name);
      }
      if (!traits.dynamic) return;
      for (let name = this.#string(); name.text !== ''; name = this.#string()) this.#entry(object, name);
    });
  }

  #entry(object: AmfObject, name: Text): void {
    this.#budget.spend(NAME_OVERHEAD);
    if (name.bytes > MAX_NAME) throw new ProtocolError('An AMF name is above 64 KiB.', 'limit-exceeded');
    object[name.text] = this.value();
  }

  #traitsOf(head: number): Traits {
    if ((head & 2) === 0) {
      const known = this.#traits[head >> 2];
      if (!known) throw new ProtocolError(`AMF3 traits reference ${head >> 2} is to nothing.`);
      return known;
    }
    if ((head & 4) !== 0) throw new ProtocolError('An AMF3 object that reads itself has no known length.');
    const count = head >> 4;
    this.#budget.expect(count);
    this.#string(); // the class
    const traits: Traits = { names: [], dynamic: (head & 8) !== 0 };
    for (let i = 0; i < count; i++) traits.names.push(this.#string());
    this.#traits.push(traits);
    return traits;
  }

  #vector(marker: number, length: number): AmfValue[] {
    const reader = this.#reader;
    this.#budget.expect(length);
    this.#budget.spend(8);
    reader.skip(1); // whether its length is fixed
    if (marker === marker3.vectorObject) this.#string();
    return this.#objects.read([] as AmfValue[], (array) => {
      for (let i = 0; i < length; i++)
        array.push(marker === marker3.vectorObject ? this.value() : this.#number(marker));
    });
  }

  #number(marker: number): number {
    this.#budget.node();
    this.#budget.spend(9);
    if (marker === marker3.vectorInt) return this.#reader.i32();
    return marker === marker3.vectorUint ? this.#reader.u32() : this.#reader.f64();
  }

  #dictionary(length: number): AmfValue[] {
    this.#budget.expect(length * 3);
    this.#budget.spend(8);
    this.#reader.skip(1); // whether its keys are weak
    return this.#objects.read([] as AmfValue[], (array) => {
      for (let i = 0; i < length; i++) {
        this.#budget.node();
        this.#budget.spend(8);
        this.#budget.enter();
        array.push([this.value(), this.value()]);
        this.#budget.leave();
      }
    });
  }
}
