import { ProtocolError } from '../../src/errors.ts';
import { Attributes, checkedDuration, checkedUri, durationOf, integerOf, rangeOf } from './attributes.ts';
import { CommonTags } from './common-tags.ts';
import type {
  ByteRange,
  MediaPlaylist,
  OpenSegment,
  Part,
  PreloadHint,
  RenditionReport,
  Resource,
  Segment,
  ServerControl,
} from './playlist.ts';
import type { Line } from './tags.ts';

/** ISO 8601 with seconds and a zone, as 4.4.4.6 wants it. */
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Tags that stand once, and before the first segment. */
const HEAD = new Set([
  'EXT-X-TARGETDURATION',
  'EXT-X-MEDIA-SEQUENCE',
  'EXT-X-DISCONTINUITY-SEQUENCE',
  'EXT-X-PLAYLIST-TYPE',
  'EXT-X-I-FRAMES-ONLY',
  'EXT-X-PART-INF',
  'EXT-X-SERVER-CONTROL',
  'EXT-X-SKIP',
]);

/** Reads the lines of a media playlist (4.4.3 to 4.4.5). */
export class MediaReader extends CommonTags {
  #target: number | undefined;
  #sequence = 0;
  #discontinuitySequence = 0;
  #type: MediaPlaylist['type'];
  #ended = false;
  #iFramesOnly = false;
  #control: ServerControl | undefined;
  #partTarget: number | undefined;
  #skipped: number | undefined;
  readonly #segments: Segment[] = [];
  readonly #hints: PreloadHint[] = [];
  readonly #reports: RenditionReport[] = [];
  readonly #dateRanges: string[] = [];
  #needs = 1;

  /** Of the segment that comes next. */
  #duration: number | undefined;
  #range: string | undefined;
  #gap = false;
  #discontinuity = false;
  #at: number | undefined;
  #parts: Part[] = [];
  /** In force until it changes. */
  #map: Resource | undefined;
  #continuity = 0;
  /** Where ranges without an offset go on. */
  #lastSegment: { uri: string; end: number } | undefined;
  #lastPart: { uri: string; end: number } | undefined;

  override read(line: Line): void {
    if ('uri' in line) return this.#complete(checkedUri(line.uri, `Line ${line.number}`));
    const { name, value } = line;
    if (this.readCommon(name, value) || this.isUnknown(name)) return;
    if (HEAD.has(name)) this.#head(name, value);
    else this.#body(name, value);
  }

  end(): MediaPlaylist {
    if (this.#target === undefined) throw new ProtocolError('There is no EXT-X-TARGETDURATION.');
    if (this.#duration !== undefined) throw new ProtocolError('The last EXTINF has no address.');
    if (this.#range !== undefined || this.#gap) throw new ProtocolError('The last tags have no segment.');
    const open = this.#parts.length > 0 || this.#discontinuity || this.#at !== undefined;
    return {
      kind: 'media',
      version: this.version,
      independent: this.independent,
      ...(this.start && { start: this.start }),
      unknown: this.unknown,
      targetDuration: this.#target,
      sequence: this.#sequence,
      discontinuitySequence: this.#discontinuitySequence,
      ...(this.#type && { type: this.#type }),
      ended: this.#ended,
      iFramesOnly: this.#iFramesOnly,
      ...(this.#control && { control: this.#control }),
      ...(this.#partTarget !== undefined && { partTarget: this.#partTarget }),
      ...(this.#skipped !== undefined && { skipped: this.#skipped }),
      segments: this.#segments,
      ...(open && { open: this.#upcoming() }),
      hints: this.#hints,
      reports: this.#reports,
      dateRanges: this.#dateRanges,
      needs: this.#needs,
    };
  }

  #head(name: string, value: string | undefined): void {
    this.once(name);
    if (this.#segments.length > 0 || this.#parts.length > 0 || this.#duration !== undefined)
      throw new ProtocolError(`${name} stands behind the first segment.`);
    switch (name) {
      case 'EXT-X-TARGETDURATION':
        this.#target = checkedDuration(integerOf(this.valueOf(name, value), name), name);
        if (this.#target === 0) throw new ProtocolError(`${name} is nothing.`);
        break;
      case 'EXT-X-MEDIA-SEQUENCE':
        this.#sequence = integerOf(this.valueOf(name, value), name);
        break;
      case 'EXT-X-DISCONTINUITY-SEQUENCE':
        if (this.#discontinuity) throw new ProtocolError(`${name} stands behind EXT-X-DISCONTINUITY.`);
        this.#discontinuitySequence = this.#continuity = integerOf(this.valueOf(name, value), name);
        break;
      case 'EXT-X-PLAYLIST-TYPE':
        if (value !== 'EVENT' && value !== 'VOD') throw new ProtocolError(`There is no ${name} ${String(value)}.`);
        this.#type = value;
        break;
      case 'EXT-X-I-FRAMES-ONLY':
        this.bare(name, value);
        this.#iFramesOnly = true;
        this.#need(4);
        break;
      case 'EXT-X-SKIP': {
        const attributes = new Attributes(name, this.valueOf(name, value));
        this.#skipped = attributes.need('SKIPPED-SEGMENTS', attributes.integer('SKIPPED-SEGMENTS'));
        this.#need(attributes.text('RECENTLY-REMOVED-DATERANGES') === undefined ? 9 : 10);
        break;
      }
      case 'EXT-X-PART-INF': {
        const attributes = new Attributes(name, this.valueOf(name, value));
        const target = attributes.need('PART-TARGET', attributes.float('PART-TARGET'));
        if (target === 0) throw new ProtocolError(`${name} has parts of no length.`);
        this.#partTarget = checkedDuration(target, name);
        break;
      }
      default:
        this.#control = controlOf(new Attributes(name, this.valueOf(name, value)));
    }
  }

  #body(name: string, value: string | undefined): void {
    switch (name) {
      case 'EXTINF':
        return this.#inf(name, this.valueOf(name, value));
      case 'EXT-X-BYTERANGE':
        if (this.#range !== undefined) throw new ProtocolError(`${name} stands twice before a segment.`);
        this.#range = this.valueOf(name, value);
        return this.#need(4);
      case 'EXT-X-DISCONTINUITY':
        this.bare(name, value);
        if (this.#discontinuity) throw new ProtocolError(`${name} stands twice before a segment.`);
        if (this.#parts.length > 0) throw new ProtocolError(`${name} stands between the parts of a segment.`);
        this.#discontinuity = true;
        this.#continuity++;
        return undefined;
      case 'EXT-X-KEY':
        if (value !== 'METHOD=NONE') throw new ProtocolError('Encrypted streams are not read.');
        return undefined;
      case 'EXT-X-MAP':
        if (this.#parts.length > 0) throw new ProtocolError(`${name} stands between the parts of a segment.`);
        return this.#readMap(new Attributes(name, this.valueOf(name, value)));
      case 'EXT-X-PROGRAM-DATE-TIME':
        if (this.#at !== undefined) throw new ProtocolError(`${name} stands twice before a segment.`);
        this.#at = dateOf(this.valueOf(name, value));
        return undefined;
      case 'EXT-X-GAP':
        this.bare(name, value);
        this.#gap = true;
        return this.#need(8);
      case 'EXT-X-BITRATE':
        integerOf(this.valueOf(name, value), name);
        return undefined;
      case 'EXT-X-ENDLIST':
        this.once(name);
        this.bare(name, value);
        this.#ended = true;
        return undefined;
      default:
        return this.#listed(name, new Attributes(name, this.valueOf(name, value)));
    }
  }

  #listed(name: string, attributes: Attributes): void {
    if (name === 'EXT-X-PART') this.#parts.push(this.#part(attributes));
    if (name === 'EXT-X-PRELOAD-HINT') this.#hints.push(hintOf(attributes));
    if (name === 'EXT-X-RENDITION-REPORT') this.#reports.push(reportOf(attributes));
    if (name === 'EXT-X-DATERANGE') this.#dateRanges.push(attributes.need('ID', attributes.text('ID')));
  }

  #inf(name: string, value: string): void {
    if (this.#duration !== undefined) throw new ProtocolError(`${name} stands twice before a segment.`);
    const comma = value.indexOf(',');
    if (comma < 0) throw new ProtocolError(`${name} has no comma behind its duration.`);
    const duration = value.slice(0, comma);
    this.#duration = durationOf(duration, name);
    if (duration.includes('.')) this.#need(3);
  }

  #readMap(attributes: Attributes): void {
    const uri = attributes.need('URI', attributes.uri('URI'));
    const range = attributes.range('BYTERANGE', () => 0);
    this.#map = { uri, ...(range && { range }) };
    this.#need(this.#iFramesOnly ? 5 : 6);
  }

  #part(attributes: Attributes): Part {
    if (this.#partTarget === undefined) throw new ProtocolError('EXT-X-PART stands there without EXT-X-PART-INF.');
    if (this.#duration !== undefined) throw new ProtocolError('EXT-X-PART stands behind EXTINF.');
    const uri = attributes.need('URI', attributes.uri('URI'));
    const duration = checkedDuration(attributes.need('DURATION', attributes.float('DURATION')), 'EXT-X-PART');
    const range = attributes.range('BYTERANGE', () => follow(this.#lastPart, uri));
    this.#lastPart = range && { uri, end: range.offset + range.length };
    const [independent, gap] = [attributes.flag('INDEPENDENT'), attributes.flag('GAP')];
    return { uri, duration, independent, gap, ...(range && { range }) };
  }

  #complete(uri: string): void {
    if (this.#duration === undefined) throw new ProtocolError('A segment has no EXTINF.');
    const range = this.#rangeOf(uri);
    const segment = { ...this.#upcoming(), uri, duration: this.#duration, gap: this.#gap, ...(range && { range }) };
    if (!Number.isSafeInteger(segment.sequence)) throw new ProtocolError('The media sequence number is too large.');
    this.#segments.push(segment);
    this.#duration = this.#range = this.#at = undefined;
    this.#gap = this.#discontinuity = false;
    this.#parts = [];
  }

  #rangeOf(uri: string): ByteRange | undefined {
    const text = this.#range;
    const range =
      text === undefined ? undefined : rangeOf(text, () => follow(this.#lastSegment, uri), 'EXT-X-BYTERANGE');
    this.#lastSegment = range && { uri, end: range.offset + range.length };
    return range;
  }

  #upcoming(): OpenSegment {
    return {
      sequence: this.#sequence + (this.#skipped ?? 0) + this.#segments.length,
      continuity: this.#continuity,
      discontinuity: this.#discontinuity,
      ...(this.#map && { map: this.#map }),
      ...(this.#at !== undefined && { at: this.#at }),
      parts: this.#parts,
    };
  }

  #need(version: number): void {
    this.#needs = Math.max(this.#needs, version);
  }
}

function controlOf(attributes: Attributes): ServerControl {
  const canSkipUntil = attributes.float('CAN-SKIP-UNTIL');
  const holdBack = attributes.float('HOLD-BACK');
  const partHoldBack = attributes.float('PART-HOLD-BACK');
  const canSkipDateRanges = attributes.flag('CAN-SKIP-DATERANGES');
  if (canSkipDateRanges) attributes.need('CAN-SKIP-UNTIL', canSkipUntil);
  return {
    canSkipDateRanges,
    canBlockReload: attributes.flag('CAN-BLOCK-RELOAD'),
    ...(canSkipUntil !== undefined && { canSkipUntil }),
    ...(holdBack !== undefined && { holdBack }),
    ...(partHoldBack !== undefined && { partHoldBack }),
  };
}

function hintOf(attributes: Attributes): PreloadHint {
  const type = attributes.need('TYPE', attributes.word('TYPE', ['PART', 'MAP']));
  const uri = attributes.need('URI', attributes.uri('URI'));
  const start = attributes.integer('BYTERANGE-START') ?? 0;
  const length = attributes.integer('BYTERANGE-LENGTH');
  if (!Number.isSafeInteger(start + (length ?? 0))) throw new ProtocolError('EXT-X-PRELOAD-HINT ends too far.');
  return { type, uri, start, ...(length !== undefined && { length }) };
}

function reportOf(attributes: Attributes): RenditionReport {
  const uri = attributes.need('URI', attributes.uri('URI'));
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(uri)) throw new ProtocolError('EXT-X-RENDITION-REPORT is not relative.');
  const lastPart = attributes.integer('LAST-PART');
  const lastSequence = attributes.need('LAST-MSN', attributes.integer('LAST-MSN'));
  return { uri, lastSequence, ...(lastPart !== undefined && { lastPart }) };
}

function dateOf(text: string): number {
  const ms = text.length <= 40 && DATE.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) throw new ProtocolError('EXT-X-PROGRAM-DATE-TIME is no date.');
  return ms;
}

/** Where a range without an offset begins. */
function follow(last: { uri: string; end: number } | undefined, uri: string): number {
  if (last?.uri !== uri) throw new ProtocolError('A byte range has no offset, and nothing before it.');
  return last.end;
}
