/** A transport packet (ISO/IEC 13818-1, 2.4.3). */
export const PACKET = 188;
/** Its first byte. */
export const SYNC = 0x47;
/** Bytes before the payload or the adaptation field. */
export const PACKET_HEAD = 4;
/** Most bytes of payload. */
export const ROOM: number = PACKET - PACKET_HEAD;

/** Packet identifiers have 13 bits (2.4.3.3). */
export const PIDS = 0x2000;
export const pid = { pat: 0, pmt: 0x20, firstTrack: 0x100, lastTrack: 0x1fef, none: 0x1fff } as const;

/** Bits in the second byte of a packet. */
export const packetFlag = { error: 0x80, start: 0x40 } as const;

/** Bits in the first byte of an adaptation field (2.4.3.4). */
export const adaptationFlag = { discontinuity: 0x80, randomAccess: 0x40, pcr: 0x10 } as const;

/** Bytes of a PCR in an adaptation field. */
export const PCR = 6;

/** continuity_counter has four bits. */
export const COUNTER = 0x0f;

/** A PES packet (2.4.3.6): bytes before its optional header, of that header's fixed part, and of one time. */
export const PES_HEAD = 6;
export const PES_FIXED = 3;
export const PES_TIME = 5;

/** stream_id (table 2-22). */
export const streamId = {
  private1: 0xbd,
  padding: 0xbe,
  private2: 0xbf,
  audio: 0xc0,
  video: 0xe0,
  metadata: 0xfc,
} as const;
