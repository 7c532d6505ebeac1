import { ProtocolError } from '../../src/errors.ts';
import { tooMuch } from './attributes.ts';
import { MediaReader } from './media-reader.ts';
import { MultivariantReader } from './multivariant-reader.ts';
import { type Playlist, playlistLimits } from './playlist.ts';
import { type Line, tagOf, tags } from './tags.ts';

/**
 * Reads a playlist (draft-pantos-hls-rfc8216bis, section 4), strictly: what a player may forgive is refused, too. It
 * shares nothing with what writes playlists, and takes time in proportion to the bytes.
 *
 * @throws ProtocolError for what is not as the specification says, for what is above `playlistLimits`, and for
 * variables (EXT-X-DEFINE) and encryption, which are not read.
 */
export function readPlaylist(bytes: Uint8Array): Playlist {
  const lines = linesOf(textOf(bytes));
  if (lines[0] !== '#EXTM3U') throw new ProtocolError('The playlist does not begin with #EXTM3U.');
  const parsed = lines.slice(1).flatMap((line, index): Line[] => {
    if (line === '' || (line.startsWith('#') && !line.startsWith('#EXT'))) return [];
    return [line.startsWith('#') ? { number: index + 2, ...tagOf(line) } : { number: index + 2, uri: line }];
  });
  const of = (kind: 'media' | 'multivariant'): Line | undefined =>
    parsed.find((line) => 'name' in line && tags.get(line.name) === kind);
  const [media, multivariant] = [of('media'), of('multivariant')];
  if (media && multivariant) throw new ProtocolError('Tags of media and of multivariant playlists stand together.');
  const reader = multivariant ? new MultivariantReader() : new MediaReader();
  for (const line of parsed) reader.read(line);
  return reader.end();
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > playlistLimits.bytes) throw tooMuch('The playlist is too large.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ProtocolError('The playlist is not UTF-8.');
  }
  if (text.startsWith('\ufeff')) throw new ProtocolError('The playlist begins with a byte order mark.');
  if (/[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(text)) throw new ProtocolError('The playlist has control characters.');
  return text;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n', playlistLimits.lines + 2);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > playlistLimits.lines) throw tooMuch('The playlist has too many lines.');
  return lines.map((line) => {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (whole.includes('\r')) throw new ProtocolError('A line ends with a carriage return alone.');
    return whole;
  });
}
