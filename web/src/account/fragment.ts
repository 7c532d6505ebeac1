/** What a link carries behind `#`: never sent to a server by itself, so it is in no log. */
const FRAGMENT = /^#(owner|pass|reset)=([\w.-]+)$/;

/** What a link proves: that one is the owner, may enter the room, or may set another password. */
export interface Proof {
  kind: 'owner' | 'pass' | 'reset';
  token: string;
}

/** The proof of a link, if the address has one. */
export function proofOf(hash: string): Proof | undefined {
  const [, kind, token] = FRAGMENT.exec(hash) ?? [];
  return kind === undefined ? undefined : { kind: kind as Proof['kind'], token: token! };
}

/** Takes it out of the address, so that it is not kept or shared. */
export function takeProof(): Proof | undefined {
  const proof = proofOf(location.hash);
  if (proof) history.replaceState(history.state, '', location.pathname + location.search);
  return proof;
}
