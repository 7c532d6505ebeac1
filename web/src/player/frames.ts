/** Calls `shown` with the time (s) of the next picture that is put on the screen. */
export function onNextFrame(video: HTMLVideoElement, shown: (time: number) => void): void {
  if ('requestVideoFrameCallback' in video) {
    video.requestVideoFrameCallback((_now, { mediaTime }) => shown(mediaTime));
    return;
  }
  const element: HTMLVideoElement = video;
  element.addEventListener('timeupdate', () => shown(element.currentTime), { once: true });
}

/** Keeps the picture that is on the screen: draws it into a canvas. Returns whether there was one. */
export function keepFrame(video: HTMLVideoElement, canvas: HTMLCanvasElement): boolean {
  if (video.videoWidth === 0) return false;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return true;
}

/** The buffered ranges of a media element, s. */
export function rangesOf({ buffered }: HTMLMediaElement): [number, number][] {
  return Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
}
