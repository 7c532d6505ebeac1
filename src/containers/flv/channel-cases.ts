import { fromHex } from '../../media/bytes/hex.ts';
import type { FlvCase } from './flv-case.ts';

const OPUS = '4f707573';
const STEREO = '4f707573486561640102380180bb0000000000';
/** An OpusHead of six channels in family 1, with the places that the packets have for them. */
const six = (preSkip: string, mapping: string): string => `4f707573486561640106${preSkip}80bb00000000010402${mapping}`;
const NATIVE = '000401020305';
const CENTER_FIRST = '040001020305';

/** Bodies of MultichannelConfig, which only Opus needs: an OpusHead knows better, and many send none. */
export const channelCases: Omit<FlvCase, 'type'>[] = [
  {
    name: 'six channels of Opus in an order of the publisher',
    before: [fromHex(`90 ${OPUS} ${six('3801', NATIVE)}`)],
    bytes: fromHex(`94 ${OPUS} 01 06 0000003f`),
    value: [],
    oneWay: true,
  },
  {
    name: 'six channels of Opus from one who sends no OpusHead',
    bytes: fromHex(`94 ${OPUS} 01 06 0000003f`),
    value: [{ track: 'opus', config: six('0000', NATIVE) }],
    oneWay: true,
  },
  {
    name: 'six channels of Opus, the one in front first',
    bytes: fromHex(`94 ${OPUS} 02 06 020001040503`),
    value: [{ track: 'opus', config: six('0000', CENTER_FIRST) }],
    oneWay: true,
  },
  {
    name: 'channels in an order that nobody knows',
    before: [fromHex(`90 ${OPUS} ${STEREO}`)],
    bytes: fromHex(`94 ${OPUS} 07 02`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
];
