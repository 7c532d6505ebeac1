import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../../media/bytes/byte-reader.ts';
import { type ChannelLayout, speakersOf } from '../../media/codec/opus-layout.ts';

/** AudioChannelOrder (Enhanced RTMP v2). */
const order = { unspecified: 0, native: 1, custom: 2 } as const;

/**
 * Reads the body of a MultichannelConfig packet.
 *
 * @throws ProtocolError where it ends too soon or says what cannot be.
 */
export function readChannelLayout(body: Uint8Array): ChannelLayout {
  const reader = new ByteReader(body);
  const form = reader.u8();
  const channels = reader.u8();
  if (form === order.unspecified) return { channels, order: 'unspecified', speakers: [] };
  if (form === order.custom) return { channels, order: 'custom', speakers: [...reader.take(channels)] };
  if (form !== order.native) throw new ProtocolError(`The channels are in the unknown order ${form}.`);
  return { channels, order: 'native', speakers: speakersOf(reader.u32()) };
}
