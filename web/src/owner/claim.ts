/** What the printed link carries behind `#`: never sent to a server by itself, so it is in no log. */
const FRAGMENT = /^#owner=([\w.-]+)$/;

/** The token of an owner's link, if the address has one. */
export function ownerToken(hash: string): string | undefined {
  return FRAGMENT.exec(hash)?.[1];
}
