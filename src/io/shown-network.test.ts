import { expect, test } from 'vitest';
import { shownNetwork } from './shown-network.ts';

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:0db8::7', '2001:db8:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['::1', '0:0:0::/48'],
  ['/run/socket', ''],
  ['', ''],
])('%s is in %s', (address, network) => {
  expect(shownNetwork(address)).toBe(network);
});
