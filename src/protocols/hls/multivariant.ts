/** A media playlist that a variant, or a group of sound, is in. */
export interface Choice {
  uri: string;
  /** bit/s */
  peak: number;
  average: number;
  /** RFC 6381 strings of what is in it. */
  codecs: readonly string[];
  width?: number | undefined;
  height?: number | undefined;
  frameRate?: number | undefined;
  range?: 'SDR' | 'PQ' | 'HLG' | undefined;
  channels?: number | undefined;
}

export interface Multivariant {
  /** Pictures, with sound in them unless that is in `audio`; or sound alone. */
  variants: readonly Choice[];
  /** Sound apart from the pictures; the first is played. */
  audio: readonly Choice[];
  /** Closed captions are in the pictures. */
  captions: boolean;
}

/** The text of a multivariant playlist (rfc8216bis, 4.4.6). */
export function multivariantPlaylist({ variants, audio, captions }: Multivariant): string {
  const hasPictures = variants.some(({ width, frameRate }) => width !== undefined || frameRate !== undefined);
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6'];
  for (const [index, { uri, channels }] of audio.entries()) {
    const isFirst = index === 0;
    lines.push(
      attributes('#EXT-X-MEDIA:TYPE=AUDIO', [
        ['GROUP-ID', '"audio"'],
        ['NAME', `"Audio ${index + 1}"`],
        ['DEFAULT', isFirst ? 'YES' : 'NO'],
        ['AUTOSELECT', 'YES'],
        ['CHANNELS', channels && `"${channels}"`],
        ['URI', `"${uri}"`],
      ]),
    );
  }
  const hasCaptions = captions && hasPictures;
  if (hasCaptions) {
    lines.push(
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",DEFAULT=YES,AUTOSELECT=YES,INSTREAM-ID="CC1"',
    );
  }
  const most = (of: 'peak' | 'average'): number => Math.max(0, ...audio.map((choice) => choice[of]));
  for (const variant of variants) {
    const isInAudio = audio.some(({ uri }) => uri === variant.uri);
    const codecs = [...new Set([...variant.codecs, ...(isInAudio ? [] : audio.flatMap((choice) => choice.codecs))])];
    const { width, height, frameRate, range } = variant;
    lines.push(
      attributes('#EXT-X-STREAM-INF', [
        ['BANDWIDTH', Math.ceil(variant.peak + (isInAudio ? 0 : most('peak')))],
        ['AVERAGE-BANDWIDTH', Math.ceil(variant.average + (isInAudio ? 0 : most('average')))],
        ['CODECS', codecs.length > 0 && `"${codecs.join(',')}"`],
        ['RESOLUTION', width && height && `${width}x${height}`],
        ['FRAME-RATE', frameRate && frameRate.toFixed(3)],
        ['VIDEO-RANGE', hasPictures && range],
        ['AUDIO', audio.length > 0 && '"audio"'],
        ['CLOSED-CAPTIONS', hasPictures && (hasCaptions ? '"cc"' : 'NONE')],
      ]).replace(',', ':'),
      variant.uri,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** A tag with those of its attributes that are known. */
function attributes(tag: string, values: readonly (readonly [string, string | number | false | undefined])[]): string {
  return [tag, ...values.flatMap(([name, value]) => (value ? [`${name}=${value}`] : []))].join();
}
