interface JudgeProgram {
  packages: Partial<Record<string, string[]>>;
  find(): string | undefined;
  file(): string | undefined;
}

export declare const programs: Record<
  | 'ffmpeg'
  | 'ffprobe'
  | 'chromium'
  | 'mpv'
  | 'rtmpdump'
  | 'nginx'
  | 'vlc'
  | 'gstreamer'
  | 'tshark'
  | 'obs'
  | 'xvfb'
  | 'faketime',
  JudgeProgram
>;
