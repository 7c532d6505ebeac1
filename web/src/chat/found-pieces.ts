/** A piece of a message, and whether it is what was looked for. */
export interface FoundPiece {
  text: string;
  found: boolean;
}

/** Takes a message apart at what was looked for, in capitals or not. */
export function foundPieces(text: string, wanted: string): FoundPiece[] {
  const [low, piece] = [text.toLowerCase(), wanted.toLowerCase()];
  // Some capitals are longer in small letters, so that places do not agree.
  if (piece === '' || low.length !== text.length) return [{ text, found: false }];
  const pieces: FoundPiece[] = [];
  let done = 0;
  for (let at = low.indexOf(piece); at >= 0; at = low.indexOf(piece, done)) {
    if (at > done) pieces.push({ text: text.slice(done, at), found: false });
    done = at + piece.length;
    pieces.push({ text: text.slice(at, done), found: true });
  }
  if (done < text.length) pieces.push({ text: text.slice(done), found: false });
  return pieces;
}
