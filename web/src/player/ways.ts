/**
 * The ways to bring a stream onto the screen, the best first: FLV through the player library, MP4 and LL-HLS through
 * Media Source Extensions, then what the media element plays by itself.
 */
export const ways = ['ws-flv', 'http-flv', 'ws-mp4', 'hls', 'native-hls', 'http-mp4'] as const;

export type Way = (typeof ways)[number];

/** What `?play=` may say, and the ways that it leaves. */
const asked: Readonly<Record<string, readonly Way[]>> = {
  ws: ['ws-flv'],
  flv: ['http-flv'],
  mp4: ['ws-mp4', 'http-mp4'],
  hls: ['hls', 'native-hls'],
};

/** The ways that an address asks for by its `?play=`; undefined where it names none that there is. */
export function askedFor(play: string): readonly Way[] | undefined {
  if (Object.hasOwn(asked, play)) return asked[play];
  return isWay(play) ? [play] : undefined;
}

/** Whether a word is the name of a way. */
export function isWay(word: unknown): word is Way {
  return ways.some((way) => way === word);
}

/** Whether the media element fetches the stream by itself. */
export function isNative(way: Way): boolean {
  return way === 'native-hls' || way === 'http-mp4';
}

/** Whether the stream comes as a list of segments, which tells of all its pictures, sounds and captions. */
export function isPlaylist(way: Way): boolean {
  return way === 'hls' || way === 'native-hls';
}
