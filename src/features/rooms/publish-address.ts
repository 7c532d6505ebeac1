/** The port that an RTMP address need not name. */
const RTMP_PORT = 1935;

/** The server address for OBS: the one that the operator gave, else the host under which the page was opened. */
export function publishServer(options: {
  publicRtmp: string | undefined;
  host: string | undefined;
  port: number;
}): string {
  const { publicRtmp, host, port } = options;
  if (publicRtmp !== undefined) return publicRtmp.replace(/(?<!\/)\/+$/, '');
  const name = URL.parse(`http://${host ?? ''}`)?.hostname || '127.0.0.1';
  return `rtmp://${name}${port === RTMP_PORT ? '' : `:${port}`}/live`;
}

/** Server and key in one address, for programs that take only one. */
export function publishUrl(server: string, slug: string, key: string): string {
  return `${server}/${slug}?key=${key}`;
}
