/** `Exif\0\0`, before the bytes of a TIFF. */
const [NAME, TIFF] = ['Exif\0\0', 6];
const ORIENTATION = 0x0112;
/** Tags of one directory that are looked at; cameras write about twenty. */
const MAX_TAGS = 100;

/** Which side of a picture is up, by the content of its APP1: 1 as it is, 2 to 8 turned and mirrored (CIPA DC-008, 4.6.5.1.5). */
export function orientationOf(data: Uint8Array): number {
  if (![...NAME].every((letter, at) => data[at] === letter.charCodeAt(0))) return 1;
  const tiff = data.subarray(TIFF);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return 1;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const tags = Math.min(view.getUint16(directory, little), MAX_TAGS);
  for (let i = 0; i < tags; i++) {
    const at = directory + 2 + i * 12;
    if (at + 12 > tiff.length) return 1;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An APP1 that says which side is up, and nothing else. */
export function orientationSegment(orientation: number): Uint8Array {
  const name = [...NAME].map((letter) => letter.charCodeAt(0));
  // Big-endian, one directory with one tag of one short number.
  const header = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  const tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const content = [...name, ...header, 0, 1, ...tag, 0, 0, 0, 0];
  return Uint8Array.of(0xff, 0xe1, 0, content.length + 2, ...content);
}
