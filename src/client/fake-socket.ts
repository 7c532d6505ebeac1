/** A socket whose other end is a test. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  readonly sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  /** What the server says. */
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The newest message of a type that was sent. */
  sentLast(type: string): { id: number } & Record<string, unknown> {
    const all = this.sent.map((text) => JSON.parse(text) as { id: number; type: string });
    return all.findLast((message) => message.type === type)!;
  }
}
