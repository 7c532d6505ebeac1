import { afterEach } from 'vitest';

/** Everything that all objects inherit. */
function inherited(): Map<PropertyKey, PropertyDescriptor> {
  const all = Object.prototype;
  return new Map(Reflect.ownKeys(all).map((name) => [name, Object.getOwnPropertyDescriptor(all, name)!]));
}

const before = inherited();

// S-38: no message, request or file that a test has sent may reach the prototype of all objects.
afterEach(() => {
  const after = inherited();
  const names = new Set([...before.keys(), ...after.keys()]);
  const changed = [...names].filter((name) => !isSame(before.get(name), after.get(name)));
  if (changed.length > 0) throw new Error(`Object.prototype was changed: ${changed.map(String).join(', ')} (S-38)`);
});

function isSame(a?: PropertyDescriptor, b?: PropertyDescriptor): boolean {
  if (!a || !b) return false;
  return a.value === b.value && a.get === b.get && a.set === b.set && a.enumerable === b.enumerable;
}
