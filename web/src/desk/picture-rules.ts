/** What of a picture is known before it is sent. The server reads its bytes. */
export interface PictureRules {
  types: readonly string[];
  /** bytes */
  most: number;
}

/** Of an emote, and of a cover, as the server bounds them. */
export const emoteRules: PictureRules = { types: ['image/png', 'image/webp', 'image/gif'], most: 256 * 1024 };
export const coverRules: PictureRules = { types: ['image/jpeg', 'image/png', 'image/webp'], most: 2 * 1024 * 1024 };

/** What is wrong with a file, if anything is. */
export function faultOf(file: Pick<File, 'type' | 'size'>, rules: PictureRules): 'wrongKind' | 'tooLarge' | undefined {
  if (!rules.types.includes(file.type)) return 'wrongKind';
  return file.size > rules.most ? 'tooLarge' : undefined;
}

export function isEmoteName(text: string): boolean {
  return /^[A-Za-z0-9_]{2,32}$/.test(text);
}
