/** Bit that marks a header with a FourCC (Enhanced RTMP, ExVideoTagHeader), and the SoundFormat that does. */
const EX_VIDEO = 0x80;
export const EX_AUDIO = 9;

/** True for the first byte of a video body that is in the form of Enhanced RTMP. */
export function isFourCc(first: number): boolean {
  return (first & EX_VIDEO) !== 0;
}

/** The four letters after the first byte; anything that is no letter, digit or space is shown as a dot. */
export function fourCc(body: Uint8Array): string {
  let name = '';
  for (const byte of body.subarray(1, 5)) {
    const character = String.fromCharCode(byte);
    name += /[A-Za-z0-9 -]/.test(character) ? character : '.';
  }
  return name;
}
