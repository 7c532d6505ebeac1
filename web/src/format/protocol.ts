const ways: Readonly<Record<string, string>> = {
  rtmp: 'RTMP',
  'http-flv': 'HTTP-FLV',
  'ws-flv': 'WebSocket',
};

/** A session’s protocol as people write it. */
export function protocolName(protocol: string): string {
  return ways[protocol] ?? protocol;
}
