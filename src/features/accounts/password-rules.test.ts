import { expect, test } from 'vitest';
import { checkPassword } from './password-rules.ts';

test.each([
  ['short', /fewer than 8/],
  ['x'.repeat(257), /more than 256/],
  ['Password1', /everybody tries/],
  ['aaaaaaaaaa', /everybody tries/],
  ['ada.lovelace', /it is the name/],
])('“%s” will not do, and the answer says why', (password, why) => {
  expect(() => checkPassword(password, 'Ada.Lovelace')).toThrow(why);
});

test.each(['12 chars or so', '密码很长很长很长', '   spaces count   ', `${'xy'.repeat(127)}zz`])(
  '“%s” will do',
  (password) => {
    expect(checkPassword(password, 'Ada')).toBeUndefined();
  },
);
