const ways: Readonly<Record<string, string>> = {
  rtmp: 'RTMP',
  'http-flv': 'HTTP-FLV',
  'ws-flv': 'WebSocket',
  'http-ts': 'HTTP-TS',
  'http-mp4': 'HTTP-MP4',
  'ws-mp4': 'WebSocket (MP4)',
  hls: 'HLS',
};

/** A session’s protocol as people write it. */
export function protocolName(protocol: string): string {
  return ways[protocol] ?? protocol;
}
