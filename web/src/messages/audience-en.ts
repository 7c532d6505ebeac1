import { count, duration, rateText, seconds } from '../format/units.ts';

const lang = 'en' as const;

/** The last hour of a stream, and those who watch it. */
export const audience = {
  timeline: {
    title: 'The last hour',
    nothing: 'Nothing was live in the last hour. The curves begin with the next broadcast.',
    keys: 'Arrow keys move through time; Home and End go to either end.',
    label: 'Timeline of the last hour',
    names: {
      bitRate: 'Bit rate',
      frameRate: 'Frames a second',
      gop: 'Key frame every',
      lost: 'Skips and dropped frames',
      latency: 'Viewers’ delay',
      viewers: 'Viewers',
    },
    rate: (value: number) => rateText(value),
    seconds: (value: number) => seconds(value, lang),
    number: (value: number) => count(value, lang),
    none: 'not known',
    /** What a chart shows, for those who do not see it. */
    said: (name: string, now: string, low: string, high: string) => `${name}: now ${now}, from ${low} to ${high}.`,
    at: (time: string, values: string) => `${time}: ${values}`,
    range: (low: string, high: string) => `${low} to ${high}`,
  },
  now: {
    title: 'Who watches',
    watching: 'Now',
    unique: 'Different viewers',
    peak: 'Most at once',
    watched: 'Watched together',
    average: 'On average',
    lasted: (value: number) => duration(value, lang),
    count: (value: number) => count(value, lang),
    by: 'By protocol',
    last: 'Of the last broadcast',
    none: 'Nothing was live here yet.',
  },
  qoe: {
    title: 'How well it plays',
    text: 'As the players of this page tell. Half of the plays are below the first number, 95 of 100 below the second.',
    minute: 'Last minute',
    broadcast: 'This broadcast',
    way: 'By',
    all: 'All',
    viewers: 'Plays',
    start: 'First picture after',
    still: 'Standing still',
    latency: 'Behind the camera',
    dropped: 'Dropped frames',
    errors: 'What went wrong',
    none: 'No player has told anything yet.',
    fine: 'nothing',
    two: (low: string, high: string) => `${low} · ${high}`,
    percent: (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`,
    seconds: (value: number) => seconds(value, lang),
    error: {
      network: (times: number) => `${many(times, 'lost connection', 'lost connections')}`,
      media: (times: number) => `${many(times, 'broken stream', 'broken streams')}`,
      decode: (times: number) =>
        `${many(times, 'picture that could not be decoded', 'pictures that could not be decoded')}`,
      refused: (times: number) => `${many(times, 'refusal', 'refusals')}`,
      stuck: (times: number) => `${many(times, 'player that got stuck', 'players that got stuck')}`,
    },
  },
  signedIn: { title: 'Signed in', none: 'Nobody who watches has signed in.', page: 'on the page, not watching' },
  sessions: { title: 'Connections' },
  past: {
    title: 'Broadcasts so far',
    none: 'Nothing was live here yet.',
    on: 'on now',
    line: (ran: string, peak: number, unique: number) =>
      `${ran}, ${count(peak, lang)} at once, ${count(unique, lang)} in all`,
    watched: (time: string) => `watched for ${time}`,
    messages: (value: number) => many(value, 'message', 'messages'),
    total: (broadcasts: number, time: string) => `${many(broadcasts, 'broadcast', 'broadcasts')}, ${time} in all`,
  },
};

function many(value: number, one: string, more: string): string {
  return value === 1 ? `one ${one}` : `${count(value, lang)} ${more}`;
}

/** The same keys in every language. */
export type AudienceWords = typeof audience;
