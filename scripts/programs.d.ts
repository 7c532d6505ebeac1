interface JudgeProgram {
  packages: Partial<Record<string, string[]>>;
  find(): string | undefined;
  file(): string | undefined;
}

export declare const programs: Record<
  | 'ffmpeg'
  | 'ffprobe'
  | 'chromium'
  | 'headlessShell'
  | 'mpv'
  | 'rtmpdump'
  | 'nginx'
  | 'vlc'
  | 'gstreamer'
  | 'tshark'
  | 'obs'
  | 'xvfb'
  | 'irssi'
  | 'weechat'
  | 'script'
  | 'curl'
  | 'sslscan'
  | 'openssl'
  | 'pebble'
  | 'pebbleDns'
  | 'ytDlp'
  | 'streamlink'
  | 'firefox'
  | 'faketime'
  | 'postgres'
  | 'initdb'
  | 'strace',
  JudgeProgram
>;

export declare const fewPrograms: readonly string[];
