import { ProtocolError } from '../../errors.ts';
import { OPUS_RATE, OPUS_SILENCE, opusFamily, type OpusHead } from './opus.ts';

/** The field for them in an OpusHead and in Enhanced RTMP has so many bits. */
const MAX_CHANNELS = 255;

/** Speakers as Enhanced RTMP v2 numbers them (AudioChannel), as far as family 1 of Opus knows them. */
export const speaker = {
  frontLeft: 0,
  frontRight: 1,
  frontCenter: 2,
  lowFrequency: 3,
  backLeft: 4,
  backRight: 5,
  backCenter: 8,
  sideLeft: 9,
  sideRight: 10,
  unused: 0xfe,
} as const;

/** How channels are arranged; MultichannelConfig of Enhanced RTMP v2. */
export interface ChannelLayout {
  channels: number;
  /** `native`: by the numbers of the speakers. `custom`: as `speakers` says. `unspecified`: only their number is known. */
  order: 'unspecified' | 'native' | 'custom';
  /** One speaker for each channel; empty where they are unspecified. */
  speakers: readonly number[];
}

/** The speakers whose bits are set in an AudioChannelMask, which is the native order. */
export function speakersOf(mask: number): number[] {
  const speakers: number[] = [];
  for (let bit = 0; bit < 32; bit++) if ((mask & (1 << bit)) !== 0) speakers.push(bit);
  return speakers;
}

const { frontLeft, frontRight, frontCenter, lowFrequency, backLeft, backRight, backCenter, sideLeft, sideRight } =
  speaker;

interface Surround {
  /** In the order of family 1 (RFC 7845, 5.1.1.2). */
  speakers: readonly number[];
  streams: number;
  coupled: number;
  mapping: readonly number[];
}

/** Family 1 by the number of channels from three on, with streams as the encoder of the reference code divides them. */
const SURROUND: readonly Surround[] = [
  { speakers: [frontLeft, frontCenter, frontRight], streams: 2, coupled: 1, mapping: [0, 2, 1] },
  { speakers: [frontLeft, frontRight, backLeft, backRight], streams: 2, coupled: 2, mapping: [0, 1, 2, 3] },
  {
    speakers: [frontLeft, frontCenter, frontRight, backLeft, backRight],
    streams: 3,
    coupled: 2,
    mapping: [0, 4, 1, 2, 3],
  },
  {
    speakers: [frontLeft, frontCenter, frontRight, backLeft, backRight, lowFrequency],
    streams: 4,
    coupled: 2,
    mapping: [0, 4, 1, 2, 3, 5],
  },
  {
    speakers: [frontLeft, frontCenter, frontRight, sideLeft, sideRight, backCenter, lowFrequency],
    streams: 4,
    coupled: 3,
    mapping: [0, 4, 1, 2, 3, 5, 6],
  },
  {
    speakers: [frontLeft, frontCenter, frontRight, sideLeft, sideRight, backLeft, backRight, lowFrequency],
    streams: 5,
    coupled: 3,
    mapping: [0, 6, 1, 2, 3, 4, 5, 7],
  },
];
const FIRST_SURROUND = 3;
/** Up to here family 1 has one pair of surround speakers, and whether they stand at the side or behind is a matter of taste. */
const ONE_PAIR = 6;

/** What an OpusHead says beside its table where nobody told: nothing is skipped, nothing is louder. */
const UNTOLD = { preSkip: 0, inputRate: OPUS_RATE, gain: 0 } as const;

/**
 * The OpusHead of a publisher that sends none, as far as its channels tell: streams are divided as nearly every encoder
 * does it, and speakers that family 1 does not know become discrete channels.
 *
 * @throws ProtocolError for no channels, or more than 255.
 */
export function opusHeadOf(layout: ChannelLayout): OpusHead {
  const { channels } = layout;
  if (!(channels >= 1 && channels <= MAX_CHANNELS)) throw new ProtocolError(`Opus cannot have ${channels} channels.`);
  if (channels < FIRST_SURROUND) {
    const mapping = channels === 1 ? [0] : [0, 1];
    return { ...UNTOLD, channels, family: opusFamily.plain, streams: 1, coupled: channels - 1, mapping };
  }
  const surround = SURROUND[channels - FIRST_SURROUND];
  const mapping = surround && mappingOf(surround, layout);
  if (!surround || !mapping) {
    const discrete = Array.from({ length: channels }, (_, index) => index);
    return { ...UNTOLD, channels, family: opusFamily.discrete, streams: channels, coupled: 0, mapping: discrete };
  }
  const { streams, coupled } = surround;
  return { ...UNTOLD, channels, family: opusFamily.surround, streams, coupled, mapping };
}

/** Undefined where the speakers are not those of the family. */
function mappingOf(surround: Surround, { order, speakers }: ChannelLayout): readonly number[] | undefined {
  if (order === 'unspecified') return surround.mapping;
  const given = speakers.map((number) => known(number, speakers.length));
  if (given.length !== surround.speakers.length) return undefined;
  const places = surround.speakers.map((number) => given.indexOf(number));
  const unused = given.filter((number) => number === speaker.unused).length;
  if (places.filter((place) => place < 0).length !== unused) return undefined;
  // Encoders take channels in the native order and rearrange them; only a map of its own is about what is in the packet.
  if (order === 'native') return surround.mapping;
  return places.map((place) => surround.mapping[place] ?? OPUS_SILENCE);
}

function known(number: number, channels: number): number {
  if (channels > ONE_PAIR) return number;
  return number === sideLeft ? backLeft : number === sideRight ? backRight : number;
}
