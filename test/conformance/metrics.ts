/** What a server said of itself at `/metrics`, by an own reading of the format. */
export class Scrape {
  /** Series as written, `name{label="value"}`, and their values. */
  readonly series: Map<string, number> = new Map();
  readonly types: Map<string, string> = new Map();
  /** Lines that are not as the format says. */
  readonly unreadable: string[] = [];
  readonly type: string;

  constructor(text: string, type: string) {
    this.type = type;
    for (const line of text.split('\n')) this.#read(line);
  }

  get(series: string): number | undefined {
    return this.series.get(series);
  }

  /** The labels of every series of a name. */
  labelsOf(name: string): Record<string, string>[] {
    return [...this.series.keys()]
      .filter((series) => series === name || series.startsWith(`${name}{`))
      .map((series) =>
        Object.fromEntries([...series.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!])),
      );
  }

  #read(line: string): void {
    if (line === '') return;
    const [, type, kind] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (type && kind) {
      this.types.set(type, kind);
      return;
    }
    if (/^# HELP \S+ \S/.test(line)) return;
    const [, series, name, value] = /^(([a-z][a-z0-9_]*)(?:\{(?:[a-z_]+="[^"\\]*",?)+\})?) (\S+)$/.exec(line) ?? [];
    const known =
      name !== undefined && [name, name.replace(/_(?:bucket|sum|count)$/, '')].some((of) => this.types.has(of));
    if (!series || !known || !/^(?:[-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf)|nan)$/i.test(value!) || this.series.has(series))
      this.unreadable.push(line);
    else this.series.set(series, Number(value));
  }
}

/** Asks as a program on the same machine does. */
export async function scrape(http: string, headers: Record<string, string> = {}): Promise<Scrape> {
  // A connection of its own: one that is kept may be closed by the server just then, after a test that took its time.
  const response = await fetch(`${http}/metrics`, { headers: { ...headers, Connection: 'close' } });
  if (!response.ok) throw new Error(`/metrics answers ${response.status}`);
  return new Scrape(await response.text(), response.headers.get('content-type') ?? '');
}
