/** Playlists as servers write them, and as they must not; read by the tests of the reader and by the fuzzer. */

export const multivariant = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a1.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",INSTREAM-ID="CC1",AUTOSELECT=YES
#EXT-X-STREAM-INF:BANDWIDTH=2500000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="audio",CLOSED-CAPTIONS="cc"
v1.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25,AUDIO="audio",CLOSED-CAPTIONS=NONE
v2.m3u8
`;

export const media = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.5
#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.00000,
s7.m4s
#EXTINF:1.50000,
s8.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-2.mp4",BYTERANGE="800@0"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:04.000+01:00
#EXT-X-PART:DURATION=0.50000,URI="s9.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.50000,URI="s9.1.m4s"
#EXTINF:1.00000,a title, with commas
s9.m4s
#EXT-X-PART:DURATION=0.50000,URI="s10.m4s",INDEPENDENT=YES,BYTERANGE="1000@0"
#EXT-X-PART:DURATION=0.50000,URI="s10.m4s",BYTERANGE="500"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s10.m4s",BYTERANGE-START=1500
#EXT-X-RENDITION-REPORT:URI="../a1/media.m3u8",LAST-MSN=10,LAST-PART=1
`;

export const delta = `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=24.0,PART-HOLD-BACK=3.0
#EXT-X-PART-INF:PART-TARGET=1.0
#EXT-X-MEDIA-SEQUENCE:100
#EXT-X-SKIP:SKIPPED-SEGMENTS=3
#EXTINF:4.0,
s103.m4s
`;

export const vod = `#EXTM3U
#EXT-X-VERSION:8
#EXT-X-TARGETDURATION:10
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-START:TIME-OFFSET=-12.5,PRECISE=YES

# a comment
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z
#EXT-X-BITRATE:500
#EXTINF:9.009,
#EXT-X-BYTERANGE:1000@0
all.ts
#EXTINF:9.009,
#EXT-X-BYTERANGE:1000
all.ts
#EXT-X-GAP
#EXTINF:3,
gap.ts
#EXT-X-DATERANGE:ID="ad",START-DATE="2026-01-01T00:00:00Z",X-COM-EXAMPLE="1,2"
#EXT-X-SOMETHING-NEW:1
#EXT-X-ENDLIST
`;

export interface BadPlaylist {
  name: string;
  text: string;
  /** Some of what is said of it. */
  says: RegExp;
}

/** A media playlist with these lines in the middle. */
export function mediaWith(...lines: string[]): string {
  return ['#EXTM3U', '#EXT-X-TARGETDURATION:2', '#EXT-X-PART-INF:PART-TARGET=1', ...lines, ''].join('\n');
}

const ending = '#EXTINF:1,\na.ts';

export const refused: readonly BadPlaylist[] = [
  { name: 'nothing', text: '', says: /#EXTM3U/ },
  { name: 'a byte order mark', text: `\ufeff${media}`, says: /byte order mark/ },
  { name: 'a first line with more in it', text: media.replace('#EXTM3U', '#EXTM3U8'), says: /#EXTM3U/ },
  { name: 'a NUL', text: media.replace('s7', 's\u00007'), says: /control characters/ },
  { name: 'a tab', text: media.replace('s7', 's\t7'), says: /control characters/ },
  { name: 'C1 control characters', text: media.replace('s7', 's\u00857'), says: /control characters/ },
  { name: 'a carriage return in a line', text: media.replace('s7', 's\r7'), says: /carriage return/ },
  { name: 'no target duration', text: media.replace('#EXT-X-TARGETDURATION:2\n', ''), says: /no EXT-X-TARGETDURATION/ },
  { name: 'a target duration of nothing', text: media.replace('DURATION:2', 'DURATION:0'), says: /is nothing/ },
  { name: 'a target duration with a fraction', text: media.replace('DURATION:2', 'DURATION:2.0'), says: /no integer/ },
  { name: 'a head twice', text: mediaWith('#EXT-X-MEDIA-SEQUENCE:1', '#EXT-X-MEDIA-SEQUENCE:1'), says: /twice/ },
  { name: 'a head behind a segment', text: mediaWith(ending, '#EXT-X-MEDIA-SEQUENCE:1'), says: /behind the first/ },
  { name: 'EXTM3U twice', text: mediaWith('#EXTM3U'), says: /twice/ },
  { name: 'both kinds of playlist in one', text: `${multivariant}#EXT-X-ENDLIST\n`, says: /stand together/ },
  { name: 'variables', text: mediaWith('#EXT-X-DEFINE:NAME="a",VALUE="{$a}"', ending), says: /Variables/ },
  {
    name: 'an imported variable',
    text: multivariant.replace('7\n', '7\n#EXT-X-DEFINE:IMPORT="a"\n'),
    says: /Variables/,
  },
  { name: 'encryption', text: mediaWith('#EXT-X-KEY:METHOD=AES-128,URI="k"', ending), says: /Encrypted/ },
  { name: 'a media sequence of 2^53', text: mediaWith('#EXT-X-MEDIA-SEQUENCE:9007199254740992'), says: /too large/ },
  {
    name: 'a media sequence of 2^64',
    text: mediaWith('#EXT-X-MEDIA-SEQUENCE:18446744073709551616'),
    says: /too large/,
  },
  { name: 'a negative media sequence', text: mediaWith('#EXT-X-MEDIA-SEQUENCE:-1'), says: /no integer/ },
  {
    name: 'a media sequence that grows past 2^53',
    text: mediaWith('#EXT-X-MEDIA-SEQUENCE:9007199254740991', ending, ending),
    says: /too large/,
  },
  {
    name: 'a byte range that ends past 2^53',
    text: mediaWith('#EXTINF:1,', '#EXT-X-BYTERANGE:9007199254740991@1', 'a.ts'),
    says: /ends too far/,
  },
  {
    name: 'byte ranges that go on past 2^53',
    text: mediaWith('#EXT-X-BYTERANGE:9007199254740990@1', ending, '#EXT-X-BYTERANGE:1', ending),
    says: /ends too far/,
  },
  { name: 'a byte range of nothing', text: mediaWith('#EXT-X-BYTERANGE:0@0', ending), says: /is empty/ },
  { name: 'a byte range that follows nothing', text: mediaWith('#EXT-X-BYTERANGE:5', ending), says: /nothing before/ },
  {
    name: 'a byte range that follows one of another address',
    text: mediaWith('#EXT-X-BYTERANGE:5@0', '#EXTINF:1,', 'b.ts', '#EXT-X-BYTERANGE:5', ending),
    says: /nothing before/,
  },
  { name: 'a segment without a duration', text: mediaWith('a.ts'), says: /no EXTINF/ },
  { name: 'a duration without a segment', text: mediaWith('#EXTINF:1,'), says: /no address/ },
  { name: 'a duration without a comma', text: mediaWith('#EXTINF:1', 'a.ts'), says: /no comma/ },
  { name: 'a negative duration', text: mediaWith('#EXTINF:-1,', 'a.ts'), says: /no number/ },
  { name: 'a duration with an exponent', text: mediaWith('#EXTINF:1e3,', 'a.ts'), says: /no number/ },
  { name: 'a duration of a week', text: mediaWith('#EXTINF:604800,', 'a.ts'), says: /too long/ },
  { name: 'two durations', text: mediaWith('#EXTINF:1,', '#EXTINF:1,', 'a.ts'), says: /twice before a segment/ },
  { name: 'a gap at the end', text: mediaWith('#EXT-X-GAP'), says: /no segment/ },
  { name: 'a discontinuity twice', text: mediaWith(...Array<string>(2).fill('#EXT-X-DISCONTINUITY')), says: /twice/ },
  {
    name: 'a discontinuity among the parts of a segment',
    text: mediaWith('#EXT-X-PART:URI="a",DURATION=1', '#EXT-X-DISCONTINUITY'),
    says: /between the parts/,
  },
  {
    name: 'another map among the parts of a segment',
    text: mediaWith('#EXT-X-PART:URI="a",DURATION=1', '#EXT-X-MAP:URI="b"'),
    says: /between the parts/,
  },
  {
    name: 'a discontinuity before its own number',
    text: mediaWith('#EXT-X-DISCONTINUITY', '#EXT-X-DISCONTINUITY-SEQUENCE:1'),
    says: /behind EXT-X-DISCONTINUITY/,
  },
  {
    name: 'parts without their target',
    text: '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART:URI="a",DURATION=1\n',
    says: /without EXT-X-PART-INF/,
  },
  {
    name: 'a part behind EXTINF',
    text: mediaWith('#EXTINF:1,', '#EXT-X-PART:URI="a",DURATION=1'),
    says: /behind EXTINF/,
  },
  { name: 'a part without an address', text: mediaWith('#EXT-X-PART:DURATION=1'), says: /no URI/ },
  { name: 'an attribute twice', text: mediaWith('#EXT-X-PART:URI="a",DURATION=1,DURATION=2'), says: /twice/ },
  { name: 'an attribute without a value', text: mediaWith('#EXT-X-PART:URI="a",DURATION'), says: /without a value/ },
  { name: 'an empty value', text: mediaWith('#EXT-X-PART:URI="a",DURATION='), says: /empty value/ },
  { name: 'an attribute in small letters', text: mediaWith('#EXT-X-PART:uri="a"'), says: /malformed name/ },
  { name: 'spaces among attributes', text: mediaWith('#EXT-X-PART:URI="a", DURATION=1'), says: /malformed name/ },
  { name: 'a text that does not end', text: mediaWith('#EXT-X-PART:DURATION=1,URI="a'), says: /does not end/ },
  { name: 'something behind a text', text: mediaWith('#EXT-X-PART:URI="a"b,DURATION=1'), says: /behind a text/ },
  { name: 'a comma at the end', text: mediaWith('#EXT-X-PART:URI="a",DURATION=1,'), says: /with a comma/ },
  { name: 'an address without quotes', text: mediaWith('#EXT-X-PART:URI=a,DURATION=1'), says: /without quotes/ },
  { name: 'an address with a space', text: mediaWith('#EXTINF:1,', 'a b.ts'), says: /malformed address/ },
  { name: 'a long address', text: mediaWith('#EXTINF:1,', 'a'.repeat(5000)), says: /too long/ },
  { name: 'another word', text: mediaWith('#EXT-X-PART:URI="a",DURATION=1,GAP=MAYBE'), says: /another GAP/ },
  { name: 'a hint of something else', text: mediaWith('#EXT-X-PRELOAD-HINT:TYPE=KEY,URI="a"'), says: /another TYPE/ },
  {
    name: 'a report of another site',
    text: mediaWith('#EXT-X-RENDITION-REPORT:URI="http://a/b",LAST-MSN=1'),
    says: /not relative/,
  },
  { name: 'a date without a zone', text: mediaWith('#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00'), says: /no date/ },
  { name: 'a day that is none', text: mediaWith('#EXT-X-PROGRAM-DATE-TIME:2026-13-01T00:00:00Z'), says: /no date/ },
  { name: 'a version that is none', text: mediaWith('#EXT-X-VERSION:99'), says: /no version/ },
  {
    name: 'captions with an address',
    text: multivariant.replace('INSTREAM-ID="CC1"', 'INSTREAM-ID="CC1",URI="a"'),
    says: /may not have URI/,
  },
  { name: 'captions of CC9', text: multivariant.replace('ID="CC1"', 'ID="CC9"'), says: /captions that there are not/ },
  { name: 'a variant without a rate', text: multivariant.replace('BANDWIDTH=800000,', ''), says: /no BANDWIDTH/ },
  { name: 'a variant without an address', text: multivariant.replace('v2.m3u8\n', ''), says: /no address/ },
  { name: 'an address without a variant', text: `${multivariant}v3.m3u8\n`, says: /no EXT-X-STREAM-INF/ },
  { name: 'a tag before the address', text: multivariant.replace('v2', '#EXT-X-START:A=1\nv2'), says: /between/ },
  { name: 'a resolution of one number', text: multivariant.replace('=640x360', '=640'), says: /malformed RESOLUTION/ },
  {
    name: 'eleven variants',
    text: multivariant + '#EXT-X-STREAM-INF:BANDWIDTH=1\na\n'.repeat(9),
    says: /too many variants/,
  },
  { name: '5001 lines', text: mediaWith(...Array<string>(4999).fill('# again')), says: /too many lines/ },
  { name: 'more than 1 MiB', text: `${media}#${'a'.repeat(2 ** 20)}\n`, says: /too large/ },
  { name: 'a line of 1 MiB', text: `#EXTM3U\n#EXT-X-PART:${'A=1,'.repeat(262_000)}`, says: /twice/ },
  { name: 'attributes without end', text: mediaWith(`#EXT-X-PART:${many(1000)}`), says: /too many attributes/ },
];

function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `A${index}=1`).join(',');
}
