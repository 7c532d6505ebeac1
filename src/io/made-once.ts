/** Remembers what was made of each buffer for as long as the buffer lives: viewers share the one as they share the other. */
export function madeOnce(make: (bytes: Uint8Array) => Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const made = new WeakMap<Uint8Array, Uint8Array>();
  return (bytes) => {
    let result = made.get(bytes);
    if (!result) made.set(bytes, (result = make(bytes)));
    return result;
  };
}
