import { PACKET } from './packet.ts';

/** A transport packet taken apart, for tests. */
export interface PacketView {
  pid: number;
  counter: number;
  starts: boolean;
  discontinuity: boolean;
  randomAccess: boolean;
  /** Ticks of 90 kHz. */
  pcr: number | undefined;
  payload: Uint8Array;
}

/** The packets in a run of bytes; throws where they are not whole packets one after the other. */
export function packetViews(bytes: Uint8Array): PacketView[] {
  if (bytes.length % PACKET !== 0) throw new Error(`${bytes.length} bytes are no number of packets.`);
  return Array.from({ length: bytes.length / PACKET }, (_, i) => viewOf(bytes.subarray(i * PACKET, (i + 1) * PACKET)));
}

function viewOf(packet: Uint8Array): PacketView {
  if (packet[0] !== 0x47) throw new Error('A packet does not begin with its sync byte.');
  const hasField = (packet[3]! & 0x20) !== 0;
  const length = hasField ? packet[4]! : 0;
  const flags = length > 0 ? packet[5]! : 0;
  const high = ((packet[6]! << 24) | (packet[7]! << 16) | (packet[8]! << 8) | packet[9]!) >>> 0;
  return {
    pid: ((packet[1]! & 0x1f) << 8) | packet[2]!,
    counter: packet[3]! & 0x0f,
    starts: (packet[1]! & 0x40) !== 0,
    discontinuity: (flags & 0x80) !== 0,
    randomAccess: (flags & 0x40) !== 0,
    pcr: (flags & 0x10) === 0 ? undefined : high * 2 + (packet[10]! >> 7),
    payload: (packet[3]! & 0x10) === 0 ? new Uint8Array(0) : packet.subarray(hasField ? 5 + length : 4),
  };
}
