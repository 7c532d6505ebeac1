import { cutText } from './line.ts';

/** Bytes of a nick; a name of 32 characters of any script has fewer. */
const NICK_BYTES = 128;
/** What a nick cannot have in it, because masks and lists do. */
const UNFIT = /[\s\p{Cc},*?!@:]/gu;
/** What would make it a channel, a service or a rank. */
const UNFIT_FIRST = /^[#&$~%+]/;

/** A name as it stands on IRC, which has no spaces in it. */
export function nickOf(name: string): string {
  return cutText(name.replaceAll(UNFIT, '_').replace(UNFIT_FIRST, '_'), NICK_BYTES) || '_';
}

/** Whether a text can be a nick at all; whether it can be somebody’s name is for accounts to say. */
export function isNick(text: string): boolean {
  return text !== '' && nickOf(text) === text;
}

/** What nicks are compared by. */
export function foldNick(nick: string): string {
  return nick.normalize('NFKC').toLowerCase();
}

/** Whether a text has the form of a mask: `*` is any text, `?` any character. Whatever the case. */
export function matchesMask(mask: string, text: string): boolean {
  const [form, given] = [foldNick(mask), foldNick(text)];
  let [at, from] = [0, 0];
  let star = -1;
  let mark = 0;
  while (from < given.length) {
    if (form[at] === '*') {
      star = at++;
      mark = from;
    } else if (form[at] === '?' || form[at] === given[from]) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++mark;
    } else return false;
  }
  while (form[at] === '*') at++;
  return at === form.length;
}
