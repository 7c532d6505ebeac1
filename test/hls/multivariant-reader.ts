import { ProtocolError } from '../../src/errors.ts';
import { Attributes, checkedUri, tooMuch } from './attributes.ts';
import { CommonTags } from './common-tags.ts';
import { type MultivariantPlaylist, playlistLimits, type Rendition, type TrickPlay, type Variant } from './playlist.ts';
import type { Line } from './tags.ts';

/** Reads the lines of a multivariant playlist (4.4.6). */
export class MultivariantReader extends CommonTags {
  readonly #variants: Variant[] = [];
  readonly #renditions: Rendition[] = [];
  readonly #trickPlay: TrickPlay[] = [];
  #pending: Omit<Variant, 'uri'> | undefined;
  #needs = 1;

  override read(line: Line): void {
    if ('uri' in line) {
      if (!this.#pending) throw new ProtocolError(`The address in line ${line.number} has no EXT-X-STREAM-INF.`);
      this.#variants.push({ ...this.#pending, uri: checkedUri(line.uri, 'EXT-X-STREAM-INF') });
      if (this.#variants.length > playlistLimits.variants) throw tooMuch('There are too many variants.');
      this.#pending = undefined;
      return;
    }
    if (this.#pending) throw new ProtocolError(`${line.name} stands between EXT-X-STREAM-INF and its address.`);
    if (this.readCommon(line.name, line.value)) return;
    if (!this.isUnknown(line.name)) this.#readTag(line.name, this.valueOf(line.name, line.value));
  }

  end(): MultivariantPlaylist {
    if (this.#pending) throw new ProtocolError('The last EXT-X-STREAM-INF has no address.');
    if (this.#variants.length === 0) throw new ProtocolError('There is no variant.');
    return {
      kind: 'multivariant',
      version: this.version,
      independent: this.independent,
      ...(this.start && { start: this.start }),
      unknown: this.unknown,
      variants: this.#variants,
      renditions: this.#renditions,
      trickPlay: this.#trickPlay,
      needs: this.#needs,
    };
  }

  #readTag(name: string, value: string): void {
    if (name === 'EXT-X-SESSION-KEY') throw new ProtocolError('Encrypted streams are not read.');
    const attributes = new Attributes(name, value);
    if (name === 'EXT-X-STREAM-INF') this.#pending = this.#variant(attributes);
    if (name === 'EXT-X-MEDIA') this.#renditions.push(this.#rendition(attributes));
    if (name === 'EXT-X-I-FRAME-STREAM-INF') {
      const bandwidth = attributes.need('BANDWIDTH', attributes.integer('BANDWIDTH'));
      this.#trickPlay.push({ uri: attributes.need('URI', attributes.uri('URI')), bandwidth });
    }
    if (name === 'EXT-X-SESSION-DATA') attributes.need('DATA-ID', attributes.text('DATA-ID'));
    if (name === 'EXT-X-CONTENT-STEERING') attributes.need('SERVER-URI', attributes.uri('SERVER-URI'));
    if (this.#renditions.length > playlistLimits.renditions) throw tooMuch('There are too many renditions.');
    if (this.#trickPlay.length > playlistLimits.variants) throw tooMuch('There are too many variants.');
  }

  #variant(attributes: Attributes): Omit<Variant, 'uri'> {
    const optional = {
      averageBandwidth: attributes.integer('AVERAGE-BANDWIDTH'),
      ...attributes.resolution('RESOLUTION'),
      frameRate: attributes.float('FRAME-RATE'),
      audio: attributes.text('AUDIO'),
      video: attributes.text('VIDEO'),
      subtitles: attributes.text('SUBTITLES'),
      closedCaptions: captionsOf(attributes),
    };
    return {
      bandwidth: attributes.need('BANDWIDTH', attributes.integer('BANDWIDTH')),
      codecs: attributes.text('CODECS')?.split(',') ?? [],
      ...present(optional),
    };
  }

  #rendition(attributes: Attributes): Rendition {
    const type = attributes.need('TYPE', attributes.word('TYPE', ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS']));
    if (type === 'CLOSED-CAPTIONS') attributes.refuse('URI');
    else attributes.refuse('INSTREAM-ID');
    if (type === 'SUBTITLES') attributes.need('URI', attributes.uri('URI'));
    if (type !== 'SUBTITLES') attributes.refuse('FORCED');
    const instream = attributes.text('INSTREAM-ID');
    if (type === 'CLOSED-CAPTIONS' && !/^(?:CC[1-4]|SERVICE[1-9]\d?)$/.test(attributes.need('INSTREAM-ID', instream)))
      throw new ProtocolError('EXT-X-MEDIA names captions that there are not.');
    if (instream?.startsWith('SERVICE')) this.#needs = Math.max(this.#needs, 7);
    const preset = attributes.flag('DEFAULT');
    const said = attributes.word('AUTOSELECT', ['YES', 'NO']);
    if (preset && said === 'NO') throw new ProtocolError('EXT-X-MEDIA is the default and not to be selected.');
    const optional = {
      uri: attributes.uri('URI'),
      language: attributes.text('LANGUAGE'),
      channels: attributes.text('CHANNELS'),
      instream,
    };
    return {
      type,
      group: attributes.need('GROUP-ID', attributes.text('GROUP-ID')),
      name: attributes.need('NAME', attributes.text('NAME')),
      preset,
      autoSelect: said === 'YES',
      ...present(optional),
    };
  }
}

/** The name of a group, or NONE, which has no quotes. */
function captionsOf(attributes: Attributes): string | undefined {
  try {
    return attributes.text('CLOSED-CAPTIONS');
  } catch {
    return attributes.word('CLOSED-CAPTIONS', ['NONE']);
  }
}

/** Without what is undefined. */
function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
