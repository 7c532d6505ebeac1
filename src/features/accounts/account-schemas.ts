/** JSON schemas of bodies and answers about accounts. One that may be left out may also be null. */

const time = { type: 'string', description: 'ISO 8601, UTC' };
const name = { type: 'string', minLength: 1, maxLength: 128 };
const password = { type: 'string', minLength: 1, maxLength: 1024 };
const email = {
  type: 'string',
  maxLength: 254,
  pattern: String.raw`^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$`,
  description: 'an e-mail address',
};
const token = { type: 'string', minLength: 1, maxLength: 512 };
const scope = { enum: ['read', 'chat', 'manage', 'admin'] };

function body(properties: object, required: readonly string[], optional = false): object {
  return { type: optional ? ['object', 'null'] : 'object', required, additionalProperties: false, properties };
}

function answer(properties: object, required: readonly string[] = Object.keys(properties)): object {
  return { type: 'object', required, properties };
}

export const claimBody: object = body({ token }, ['token']);
export const linkBody: object = body({ slug: { type: 'string', maxLength: 63 } }, [], true);
export const urlAnswer: object = answer({ url: { type: 'string' } });

export const signInBody: object = body({ name, password }, ['name', 'password']);
export const confirmBody: object = body({ password }, ['password']);
export const guestBody: object = body({ name }, ['name']);
export const newAccountBody: object = body({ name, password, email, kind: { enum: ['person', 'bot'] } }, ['name']);
export const resetBody: object = body({ token, password }, ['token', 'password']);
export const meBody: object = body(
  { name, email: { anyOf: [email, { type: 'null' }] }, password, currentPassword: password },
  [],
);
export const accountBody: object = body(
  { name, email: { anyOf: [email, { type: 'null' }] }, password, disabled: { type: 'boolean' } },
  [],
);

const account = answer(
  {
    id: { type: 'string' },
    kind: { enum: ['person', 'bot'] },
    name: { type: 'string' },
    email: { type: 'string' },
    admin: { type: 'boolean' },
    disabled: { type: 'boolean' },
    hasPassword: { type: 'boolean' },
    created: time,
  },
  ['id', 'kind', 'admin', 'disabled', 'hasPassword', 'created'],
);
export const accountAnswer: object = account;
export const accountsAnswer: object = answer({ users: { type: 'array', items: account } });

/** Who asks: an account, a guest, or nobody. */
const user = {
  type: ['object', 'null'],
  required: ['id', 'kind', 'admin'],
  properties: {
    id: { type: 'string' },
    kind: { enum: ['account', 'guest', 'server'] },
    name: { type: 'string' },
    admin: { type: 'boolean' },
    email: { type: 'string' },
    hasPassword: { type: 'boolean' },
  },
};
export const meAnswer: object = answer({ user, signUp: { enum: ['open', 'off'] } });
export const userAnswer: object = answer({ user });
export const guestAnswer: object = answer({ user, token: { type: 'string' } });

export const signInsAnswer: object = answer({
  signIns: {
    type: 'array',
    items: answer(
      { id: { type: 'string' }, created: time, agent: { type: 'string' }, lastUsed: time, here: { type: 'boolean' } },
      ['id', 'created', 'here'],
    ),
  },
});

export const tokenBody: object = body(
  {
    scope,
    name: { type: 'string', minLength: 1, maxLength: 80 },
    days: { type: 'integer', minimum: 1, maximum: 3650 },
    account: { type: 'string', maxLength: 64, description: 'id of a bot that it is for; by the admin alone' },
  },
  [],
  true,
);
export const tokenAnswer: object = answer({ token: { type: 'string' } });
export const tokensAnswer: object = answer({
  tokens: {
    type: 'array',
    items: answer(
      {
        id: { type: 'string' },
        scope,
        created: time,
        name: { type: 'string' },
        account: { type: 'string', description: 'whose it is; absent where it acts for the server itself' },
        expires: time,
        lastUsed: { ...time, description: 'ISO 8601, UTC; absent where it was not used since the server started' },
      },
      ['id', 'scope', 'created'],
    ),
  },
});
