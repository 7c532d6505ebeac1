import { ProtocolError } from '../../errors.ts';
import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig, MAX_PACKETS } from './audio-reader.ts';
import { mp3Config, parseMpegAudio } from './mp3.ts';

/** Reads the frames of one publisher of MPEG audio, each of which says what it is. */
export class Mp3Reader implements AudioReader {
  readonly #current = new CurrentConfig();

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    const config = mp3Config(bytes);
    if (!config) throw new ProtocolError('The config of MP3 is no header of a frame.');
    return this.#current.adopt(config);
  }

  /** A last frame that is shorter or longer than it says is passed on: decoders make the best of it. */
  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    const units: AudioUnit[] = [];
    for (let rest = bytes; units.length < MAX_PACKETS;) {
      const header = parseMpegAudio(rest);
      if (!header) break;
      // A header behind it makes it one of several; with a free bit rate there is no knowing where that would be.
      const end = header.length > 0 && parseMpegAudio(rest, header.length) ? header.length : rest.length;
      const data = rest.subarray(0, end);
      units.push(audioUnit(data, header.samples, this.#current.adopt(mp3Config(data)!)));
      rest = rest.subarray(end);
    }
    return units;
  }
}
