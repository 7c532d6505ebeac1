/** What the tests use of a package that has no types. */
declare module 'm3u8-parser' {
  export class Parser {
    manifest: {
      segments: { uri: string; duration: number; discontinuity?: boolean }[];
      mediaSequence?: number;
      discontinuitySequence?: number;
      targetDuration?: number;
      endList?: boolean;
    };
    push(text: string): void;
    end(): void;
  }
}
