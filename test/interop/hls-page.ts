import { servePage } from './served-page.ts';

/** A page of another origin with the player library that our own page uses. */
const PAGE = '<!doctype html><meta charset="utf-8"><video muted playsinline></video><script src="/hls.js"></script>';

/** What a page tells of a stream that it played to its end. */
export interface PageTold {
  pictures: number;
  dropped: number;
  soundBytes: number;
  /** Seconds that it was played. */
  played: number;
  /** Pieces of what was played, of which there should be one. */
  pieces: number;
  stalls: number;
  /** Seconds behind the live edge, as the library says, at its worst after the first. */
  latency: number;
  /** What the library overcame by itself, and what it could not. */
  notes: string[];
  faults: string[];
}

/** Serves the page until `close`. */
export function serveHlsPage(): Promise<{ url: string; close(): void }> {
  return servePage(PAGE, 'hls.js');
}

/** What both ways to play have in common; `start` gets the address and attaches the video. */
const play = (start: string): string => `(url) => new Promise((resolve) => {
  const video = document.querySelector('video');
  const told = { pictures: 0, dropped: 0, soundBytes: 0, played: 0, pieces: 0, stalls: 0, latency: 0, notes: [], faults: [] };
  let begun = false, over = false, hls;
  const done = () => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    told.pictures = totalVideoFrames;
    told.dropped = droppedVideoFrames;
    told.soundBytes = video.webkitAudioDecodedByteCount ?? -1;
    for (let i = 0; i < video.played.length; i++) {
      const length = video.played.end(i) - video.played.start(i);
      // Who is there from the start may step over its first moments, where sound is earlier than the picture.
      if (video.played.end(i) > 0.5) told.pieces++;
      told.played += length;
    }
    if (video.error) told.faults.push(video.error.message);
    resolve(told);
  };
  const timer = setTimeout(() => { told.faults.push('it was still playing'); done(); }, 90000);
  video.addEventListener('playing', () => (begun = true));
  video.addEventListener('waiting', () => { if (begun && !video.ended) told.stalls++; });
  video.addEventListener('error', done);
  video.addEventListener('ended', done);
  ${start}
  video.play().catch((error) => told.faults.push(String(error)));
})`;

/** Plays by Media Source Extensions, with parts. */
export const playWithLibrary: string = play(`
  hls = new Hls({ lowLatencyMode: true, enableWorker: false });
  hls.on(Hls.Events.ERROR, (_, { type, details, fatal, error }) => {
    const said = [type, details, error && error.message].join(' ');
    (fatal ? told.faults : told.notes).push(said);
    if (fatal) done();
  });
  const first = performance.now();
  setInterval(() => {
    if (!begun || over) return;
    if (performance.now() - first > 5000 && hls.latency > told.latency) told.latency = hls.latency;
    const details = hls.latestLevelDetails;
    // Firefox stays where the last sound ends.
    if (details && !details.live && video.currentTime > details.edge - 0.2) done();
  }, 200);
  hls.loadSource(url);
  hls.attachMedia(video);`);

/** Plays by what the browser itself knows of HLS. */
export const playByItself: string = play('video.src = url;');
