/** About one person of a room, for those who look after it. */
export const person = {
  said: (count: number) => (count === 1 ? 'One message in this room' : `${count} messages in this room`),
  last: 'What they said last',
  nothing: 'Nothing yet.',
  deleted: 'deleted',
  mention: 'Mention',
  purge: 'Delete their messages',
  purged: (count: number) => (count === 1 ? 'One message is deleted' : `${count} messages are deleted`),
  acts: 'Time-out and ban',
  time: 'For how long',
  times: { '1': '1 minute', '10': '10 minutes', '60': '1 hour', '1440': '1 day', '10080': '7 days', '0': 'For ever' },
  reason: 'Reason',
  told: 'They read it, too.',
  silence: 'Time out',
  silent: (time: string) => `Silent until ${time}`,
  speak: 'Let them write',
  ban: 'Ban',
  banned: (time: string) => `Banned until ${time}`,
  bannedForEver: 'Banned for ever',
  lift: 'Lift the ban',
  notes: 'Notes',
  notesText: 'For you and the others who look after the room. They are not told.',
  note: 'Note',
  add: 'Add a note',
  remove: 'Remove the note',
};

/** The same keys in every language. */
export type PersonWords = typeof person;
