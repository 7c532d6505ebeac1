import type { CodecDefinition } from './codec.ts';
import { seiMessages } from './sei.ts';

/** payloadType of user_data_registered_itu_t_t35, the same in H.264 (D.1.1) and H.265 (D.2.1). */
const REGISTERED_USER_DATA = 4;

/** itu_t_t35_country_code of the United States, provider ATSC, identifier `GA94`, type `cc_data` (ANSI/SCTE 128, 8.1). */
const PREFIX = [0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03] as const;

const PROCESS_FLAG = 0x40;
const COUNT = 0x1f;
const VALID = 0x04;
const TRIPLET = 3;

/** Triplets of one picture: those of four full messages. A picture has one, or one for each of its fields. */
const MAX_TRIPLETS = 4 * COUNT;
/** Bytes of SEI that one picture's captions are looked for in; they take about 100. */
const MAX_LOOKED = 64 * 1024;

/**
 * Closed captions, readable beside the picture that carries them. A frame's data is the valid `cc_data_pkt` triplets of
 * one picture (CTA-708, 4.4): a byte with marker, `cc_valid` and `cc_type` (0 and 1 CEA-608, 2 and 3 CEA-708), then two
 * bytes of data.
 */
export const captions: CodecDefinition = {
  name: 'captions',
  kind: 'data',
  title: 'CEA-608/708',
  describe: () => ({}),
};

/**
 * The valid triplets in the SEI NAL units of one picture, as far as its limits go, with `header` bytes before their
 * messages (1 in H.264, 2 in H.265); undefined where there are none.
 */
export function captionsOf(units: readonly Uint8Array[], header = 1): Uint8Array | undefined {
  const triplets: number[] = [];
  let left = MAX_LOOKED;
  for (const sei of units) {
    // Cheaper than taking the unit apart, and most have no registered user data.
    if (sei.length > left || !mayHold(sei)) continue;
    left -= sei.length;
    for (const { type, payload } of seiMessages(sei, header)) {
      if (type === REGISTERED_USER_DATA) readTriplets(payload, triplets);
    }
  }
  return triplets.length > 0 ? Uint8Array.from(triplets) : undefined;
}

function mayHold(sei: Uint8Array): boolean {
  const at = sei.indexOf(PREFIX[0], 3);
  return at >= 0 && at + PREFIX.length < sei.length;
}

function readTriplets(payload: Uint8Array, into: number[]): void {
  if (PREFIX.some((byte, index) => payload[index] !== byte)) return;
  const flags = payload[PREFIX.length] ?? 0;
  if ((flags & PROCESS_FLAG) === 0) return;
  const first = PREFIX.length + 2;
  for (let i = 0; i < (flags & COUNT); i++) {
    const at = first + i * TRIPLET;
    if (at + TRIPLET > payload.length || into.length >= MAX_TRIPLETS * TRIPLET) return;
    if ((payload[at]! & VALID) !== 0) into.push(payload[at]!, payload[at + 1]!, payload[at + 2]!);
  }
}
