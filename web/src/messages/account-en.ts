export const account = {
  name: 'Name',
  password: 'Password',
  newPassword: 'New password',
  current: 'Current password',
  'sign-in': { title: 'Sign in', text: 'Watching needs no account. Sign in to keep your name.', action: 'Sign in' },
  'sign-up': {
    title: 'Create an account',
    text: 'A name that others see, and a password of eight characters or more.',
    action: 'Create',
  },
  me: {
    title: 'Your account',
    text: 'The name is what others see.',
    first: 'Choose the name that others see, and a password, to sign in on other devices.',
    action: 'Save',
  },
  reset: { title: 'A new password', text: 'It signs you out everywhere else.', action: 'Set and sign in' },
  asGuest: 'Go on as guest',
  noAccount: 'No account yet?',
  haveAccount: 'Already have one?',
  changePassword: 'Change the password',
  signOut: 'Sign out',
  signedOut: 'Signed out',
  saved: 'Saved',
  welcome: (name: string) => `Hello, ${name}`,
  confirm: {
    title: 'Is it still you?',
    text: 'You signed in a while ago. Keys and accounts ask for your password again.',
    link: 'This account has no password yet. Run “npx roomcast link” on the server, open the link in this browser, and try again.',
    action: 'Go on',
    wrong: 'That is not your password.',
  },
  admin: 'Look after the server',
};

/** The words of the account's dialog: the same keys in every language. */
export type AccountWords = typeof account;
