/** Playlists in which no rule is broken. */

/** Every rendition is as long as the other; targets of 2 s, parts of half a second. */
export const goodMultivariant = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="1",DEFAULT=YES,AUTOSELECT=YES,URI="a.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="2",AUTOSELECT=YES,URI="b.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2500000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,AUDIO="sound"
v.m3u8
`;

const BEGIN = Date.UTC(2026, 0, 1);
const date = (sequence: number): string =>
  `#EXT-X-PROGRAM-DATE-TIME:${new Date(BEGIN + 2000 * (sequence - 1)).toISOString()}`;

function parts(sequence: number, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `#EXT-X-PART:DURATION=0.50000,URI="s${sequence}.${index}.m4s"${index === 0 ? ',INDEPENDENT=YES' : ''}`,
  );
}

export interface GoodOptions {
  /** Number of the first segment; 3 segments are there, and the next one is begun. Default 7. */
  first?: number;
  /** Parts of that one. Default 2. */
  begun?: number;
  /** Segments that a delta update leaves out. */
  skip?: number;
  /** Segments that are complete. Default 3. */
  count?: number;
}

/** A live playlist with parts, at whose segment 9 there is a discontinuity. */
export function goodMedia({ first = 7, begun = 2, skip = 0, count = 3 }: GoodOptions = {}): string {
  const next = first + count;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    '#EXT-X-TARGETDURATION:2',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.5',
    '#EXT-X-PART-INF:PART-TARGET=0.5',
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${first > 9 ? 1 : 0}`,
    ...(skip > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skip}`] : [`#EXT-X-MAP:URI="init${first > 9 ? 2 : 1}.mp4"`]),
  ];
  for (let sequence = first + skip; sequence < next; sequence++) {
    if (sequence === 9) lines.push('#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init2.mp4"');
    lines.push(date(sequence), ...(sequence >= next - 2 ? parts(sequence, 4) : []));
    lines.push('#EXTINF:2.00000,', `s${sequence}.m4s`);
  }
  if (next === 9 && begun > 0) lines.push('#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init2.mp4"');
  if (begun > 0) lines.push(date(next));
  lines.push(
    ...parts(next, begun),
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s${next}.${begun}.m4s"`,
    `#EXT-X-RENDITION-REPORT:URI="b.m3u8",LAST-MSN=${next},LAST-PART=${Math.max(0, begun - 1)}`,
  );
  return `${lines.join('\n')}\n`;
}
