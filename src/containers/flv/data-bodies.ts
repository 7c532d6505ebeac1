import { ProtocolError } from '../../errors.ts';
import { equalBytes } from '../../media/bytes/bytes.ts';
import type { Track } from '../../media/frame.ts';
import {
  type AmfLimits,
  type AmfObject,
  amfObject,
  type AmfValue,
  decodeAmf0,
  encodeAmf0,
  isAmfObject,
} from '../amf/index.ts';
import { METADATA, metadataConfig } from './metadata.ts';
import { type Found, trackId } from './found.ts';

const SET = '@setDataFrame';
const CLEAR = '@clearDataFrame';
/** Between a server and its player only, and never the business of the next one. */
const HOP = new Set(['|RtmpSampleAccess', 'onStatus', 'onFCPublish', 'onFCSubscribe', 'onBWDone']);

/**
 * GStreamer sends its metadata anew all the time, with nothing new in it but this. Passing that on does harm: players
 * made of ffmpeg take metadata in midstream for a track of text, and VLC's clock then waits for texts.
 */
const VOLATILE = 'creationdate';

const NO_CONFIG = new Uint8Array(0);

/** Reads the bodies of script tags: the stream's metadata, and messages with a time. */
export class DataBodies {
  readonly #limits: AmfLimits;
  #track: Track | undefined;
  /** The metadata without what is volatile. */
  #essence: Uint8Array = NO_CONFIG;

  constructor(limits: AmfLimits) {
    this.#limits = limits;
  }

  decode(body: Uint8Array, found: Found): void {
    const values = this.#values(body);
    if (!values) {
      found.drop();
      return;
    }
    if (values[0] === CLEAR) {
      if (values[1] !== METADATA || !this.#track) return;
      this.#essence = NO_CONFIG;
      this.#adopt(NO_CONFIG, found);
      return;
    }
    const set = values[0] === SET;
    const [name, value] = set ? values.slice(1) : values;
    if (name === METADATA) {
      this.#metadata(isAmfObject(value) ? value : amfObject(), found);
    } else if (typeof name === 'string' && !HOP.has(name)) {
      this.#frame(set ? encodeAmf0(...values.slice(1)) : body, found);
    } else if (typeof name !== 'string') {
      found.drop();
    }
  }

  /** Metadata is an extra: a stream goes on without it, whatever is wrong with it. */
  #values(body: Uint8Array): AmfValue[] | undefined {
    try {
      return decodeAmf0(body, this.#limits);
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #metadata(metadata: AmfObject, found: Found): void {
    const essence = metadataConfig(amfObject({ ...metadata, [VOLATILE]: undefined }));
    if (equalBytes(essence, this.#essence)) return;
    this.#essence = essence;
    this.#adopt(metadataConfig(metadata), found);
  }

  #adopt(config: Uint8Array, found: Found): void {
    if (this.#track && equalBytes(this.#track.config, config)) return;
    this.#track = { id: trackId.data, kind: 'data', codec: 'amf', config };
    found.track(this.#track);
  }

  #frame(data: Uint8Array, found: Found): void {
    if (!this.#track) this.#adopt(NO_CONFIG, found);
    found.unit(this.#track!, data);
  }
}
