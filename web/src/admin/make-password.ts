/** Without letters and digits that look like others. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 16 of 31 letters are 79 bit. */
const LENGTH = 16;
/** Bytes from here on would make the first letters more frequent. */
const FAIR = 256 - (256 % LETTERS.length);

/** A password that can be read out and typed: `k3fm-…`. */
export function makePassword(): string {
  let text = '';
  while (text.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < FAIR && text.length < LENGTH) text += LETTERS[byte % LETTERS.length]!;
  return text.match(/.{4}/g)!.join('-');
}
