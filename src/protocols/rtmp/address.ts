/** What a peer asked for, from its app and stream name. */
export interface Asked {
  /** `live/lobby`, unchecked; it may hold a key in place of a name. */
  path: string;
  key?: string;
  token?: string;
}

/** Longer names are no names of ours; cutting here bounds the work. */
const MAX_TEXT = 1024;

/**
 * Joins app and stream name to a path. A key may stand in the query of either: `live` + `lobby?key=K`,
 * `live?key=K` + `lobby`. A key pasted into the server address (`live/K` + nothing) is a name like any other.
 */
export function askedFor(app: string, name: string): Asked {
  const [appPath, appQuery] = cut(app.slice(0, MAX_TEXT));
  const [namePath, nameQuery] = cut(name.slice(0, MAX_TEXT));
  const path = [appPath.replace(/\/$/, ''), namePath].filter((part) => part !== '').join('/');
  const asked: Asked = { path };
  for (const query of [appQuery, nameQuery]) {
    const parameters = new URLSearchParams(query);
    const key = parameters.get('key');
    const token = parameters.get('token');
    if (key) asked.key = key;
    if (token) asked.token = token;
  }
  return asked;
}

function cut(text: string): [string, string] {
  const at = text.indexOf('?');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
