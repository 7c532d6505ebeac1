/** What a peer asked for, from its app and stream name. */
export interface Asked {
  /** `live/lobby`, unchecked; it may hold a key in place of a name. */
  path: string;
  key?: string;
  token?: string;
  /** Of an address that was signed for its reader. */
  pass?: string;
}

/** Where a client goes, and what it asks for there. */
export interface RtmpTarget {
  /** Over TLS: `rtmps:`. */
  secure: boolean;
  host: string;
  port: number;
  app: string;
  name: string;
  /** The address without the stream's name, as the connect command wants it. */
  tcUrl: string;
}

/** Longer names are no names of ours; cutting here bounds the work. */
const MAX_TEXT = 1024;
const DEFAULT_PORT = 1935;
/** Of `rtmps:`; nobody has registered one, and all programs take that of https, which firewalls let pass. */
const DEFAULT_SECURE_PORT = 443;
const URL_FORM = /^rtmp(s?):\/\/(?:[^/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#:[\]@]+)(?::(\d{1,5}))?\/(.+)$/;

/**
 * Joins app and stream name to a path. A key may stand in the query of either: `live` + `lobby?key=K`,
 * `live?key=K` + `lobby`; or, where a peer sends neither, in that of its `tcUrl`. A key pasted into the server address
 * (`live/K` + nothing) is a name like any other.
 */
export function askedFor(app: string, name: string, tcUrl = ''): Asked {
  const [appPath, appQuery] = cut(app.slice(0, MAX_TEXT));
  const [namePath, nameQuery] = cut(name.slice(0, MAX_TEXT));
  const [, urlQuery] = cut(tcUrl.slice(0, MAX_TEXT));
  const path = [appPath.replace(/\/$/, ''), namePath].filter((part) => part !== '').join('/');
  const asked: Asked = { path };
  for (const query of [urlQuery, appQuery, nameQuery]) {
    if (query === '') continue;
    const parameters = new URLSearchParams(query);
    const key = parameters.get('key');
    const token = parameters.get('token');
    if (key) asked.key = key;
    if (token) asked.token = token;
    const pass = parameters.get('pass');
    if (pass) asked.pass = pass;
  }
  return asked;
}

/** The app in a `tcUrl`, for peers that name none; undefined where there is none either. */
export function appOf(tcUrl: string): string | undefined {
  return /^[a-z]+:\/\/[^/]*\/(.+)$/i.exec(tcUrl.slice(0, MAX_TEXT))?.[1];
}

/**
 * Reads `rtmp://host[:port]/app/name`, or the same with `rtmps:`; the name is what follows the last slash, and a query stands behind the app or the
 * name. Undefined for anything else; a caller says so without repeating the URL, which may hold a key.
 */
export function rtmpTarget(url: string): RtmpTarget | undefined {
  const [, s, host, digits, rest] = URL_FORM.exec(url) ?? [];
  const secure = s === 's';
  const port = digits === undefined ? defaultPort(secure) : Number(digits);
  if (host === undefined || rest === undefined || port < 1 || port > 65_535) return undefined;
  const question = rest.indexOf('?');
  const inPath = rest.lastIndexOf('/', question < 0 ? rest.length : question);
  const inQuery = question < 0 ? -1 : rest.indexOf('/', question);
  // A slash behind the query ends the app only where the path before it names nothing but the app.
  const slash = inPath < 0 ? inQuery : inPath;
  const app = slash < 0 ? rest : rest.slice(0, slash);
  const name = slash < 0 ? '' : rest.slice(slash + 1);
  return targetOf({ secure, host, port, app, name });
}

/**
 * The same stream at another `tcUrl`, which may be relative to the one before (Enhanced RTMP v2, Reconnect Request). As a
 * URL with the name behind it could be read in several ways, it is none. Undefined where the place is none of RTMP, or
 * has no app; who came over TLS is not sent to where there is none. A key that stood behind the app stays there, unless the place has a query of its own.
 */
export function movedTo({ secure: wasSecure, tcUrl, name }: RtmpTarget, place: string): RtmpTarget | undefined {
  const [before, query] = cut(tcUrl);
  const moved = URL.parse(place, before);
  const secure = moved?.protocol === 'rtmps:';
  if (!moved || (moved.protocol !== 'rtmp:' && !secure) || (wasSecure && !secure)) return undefined;
  const { hostname: host, search, pathname } = moved;
  const port = moved.port === '' ? defaultPort(secure) : Number(moved.port);
  const path = pathname.replaceAll(/^\/|\/$/g, '');
  if (host === '' || port === 0 || path === '') return undefined;
  return targetOf({ secure, host, port, app: `${path}${search || (query && `?${query}`)}`, name });
}

/** A target by its parts; the host as it stands in a URL. */
function targetOf({ secure, host, port, app, name }: Omit<RtmpTarget, 'tcUrl'>): RtmpTarget {
  const authority = port === defaultPort(secure) ? host : `${host}:${port}`;
  return {
    secure,
    host: host.replace(/^\[|\]$/g, ''),
    port,
    app,
    name,
    tcUrl: `rtmp${secure ? 's' : ''}://${authority}/${app}`,
  };
}

function defaultPort(secure: boolean): number {
  return secure ? DEFAULT_SECURE_PORT : DEFAULT_PORT;
}

function cut(text: string): [string, string] {
  const at = text.indexOf('?');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
