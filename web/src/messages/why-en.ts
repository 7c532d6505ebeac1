import type { ErrorReason } from '../../../src/errors.ts';

/** What exactly is wrong with a value, with the limit that it does not keep. */
export const why: Readonly<Record<ErrorReason, (limit: number) => string>> = {
  'too-long': (limit) => `This is too long: ${limit} characters at most.`,
  'too-short': (limit) => `This is too short: ${limit} characters at least.`,
  'too-high': (limit) => `This is too much: ${limit} at most.`,
  'too-low': (limit) => `This is too little: ${limit} at least.`,
  'too-many': (limit) => `There can be ${limit} at most. Remove one first.`,
  form: () => 'The server does not take this value.',
  'name-empty': () => 'Type a name.',
  'name-long': (limit) => `A name has ${limit} characters at most.`,
  'name-marks': () => 'This name has too many marks on one letter.',
  'name-form': () => 'A name has letters, digits and _ . - in it, and begins with a letter or digit.',
  'name-mixed': () => 'This name mixes letters of scripts that look alike.',
  'name-reserved': () => 'People would take this name for somebody else.',
  'password-short': (limit) => `A password has ${limit} characters at least.`,
  'password-long': (limit) => `A password has ${limit} characters at most.`,
  'password-common': () => 'This password is one of those that everybody tries first.',
  'password-name': () => 'The password cannot be the name.',
  'room-password': () => 'A room that opens by a password needs one.',
  'default-room': () => 'This is the default room. Name another one by the option defaultRoom first.',
  'main-key': () => 'A room always has its main key. Replace it instead.',
  'owner-ban': () => 'The owner of a room cannot be banned from it.',
  network: () => 'A network is an address, or one with a number of bits such as 192.0.2.0/24.',
  slug: () =>
    'The address of a room has a-z, 0-9 and - in it, begins with a letter or digit, and is no word of the site itself.',
  'emote-name': () => 'The name of an emote has 2 to 32 of the letters a-z, digits and _.',
  picture: () => 'This picture cannot be taken: its kind, its size or its length is not one that is shown here.',
  empty: () => 'There is nothing in this message.',
};

/** The same reasons in every language. */
export type WhyWords = typeof why;
