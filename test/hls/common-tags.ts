import { ProtocolError } from '../../src/errors.ts';
import { Attributes, integerOf } from './attributes.ts';
import type { Start } from './playlist.ts';
import { TagReader } from './tags.ts';

/** Highest EXT-X-VERSION that the specification has. */
const NEWEST = 13;

/** The tags that may stand in any playlist (4.4.1 and 4.4.2). */
export abstract class CommonTags extends TagReader {
  protected version = 1;
  protected independent = false;
  protected start: Start | undefined;

  /** True where the tag was one of these. */
  protected readCommon(name: string, value: string | undefined): boolean {
    switch (name) {
      case 'EXTM3U':
        throw new ProtocolError('EXTM3U stands there twice.');
      case 'EXT-X-DEFINE':
        throw new ProtocolError('Variables are not read.');
      case 'EXT-X-VERSION':
        this.once(name);
        this.version = integerOf(this.valueOf(name, value), name);
        if (this.version < 1 || this.version > NEWEST) throw new ProtocolError(`There is no version ${this.version}.`);
        return true;
      case 'EXT-X-INDEPENDENT-SEGMENTS':
        this.once(name);
        this.bare(name, value);
        this.independent = true;
        return true;
      case 'EXT-X-START': {
        this.once(name);
        const attributes = new Attributes(name, this.valueOf(name, value));
        const offset = attributes.need('TIME-OFFSET', attributes.signedFloat('TIME-OFFSET'));
        this.start = { offset, precise: attributes.flag('PRECISE') };
        return true;
      }
      default:
        return false;
    }
  }
}
