import { watchInPage } from './chromium.ts';
import type { Ready, Watched } from './players.ts';

/** What both ways have in common: plays until the end, and tells what Chromium counted. */
const WATCH = `(start) => new Promise((resolve) => {
  const video = document.querySelector('video');
  const faults = [];
  const timer = setTimeout(() => { faults.push('it was still playing'); done(); }, 45000);
  const done = () => {
    clearTimeout(timer);
    const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
    if (video.error) faults.push(video.error.message);
    if (corruptedVideoFrames > 0) faults.push(corruptedVideoFrames + ' corrupted pictures');
    resolve({ pictures: totalVideoFrames, soundBytes: video.webkitAudioDecodedByteCount, faults });
  };
  video.onerror = done;
  video.onended = done;
  start(video, (fault) => { faults.push(String(fault)); done(); });
})`;

const BY_ELEMENT = `(url) => (${WATCH})((video) => { video.src = url; video.play(); })`;

/** Appends each message as it is: no demuxer, no library. The codecs are read from the first. */
const BY_SOCKET = `(url) => (${WATCH})((video, fail) => {
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  source.onsourceopen = () => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const queue = [];
    let buffer;
    let closed = false;
    const next = () => {
      if (!buffer || buffer.updating) return;
      if (video.paused && video.buffered.length > 0) {
        video.currentTime = video.buffered.start(0);
        video.play();
      }
      if (queue.length > 0) buffer.appendBuffer(queue.shift());
      else if (closed && source.readyState === 'open') source.endOfStream();
    };
    socket.onmessage = ({ data }) => {
      if (!buffer) {
        const text = new TextDecoder('latin1').decode(data);
        const at = text.indexOf('avcC') + 5;
        const hex = [...new Uint8Array(data, at, 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const codecs = ['avc1.' + hex, ...(text.includes('mp4a') ? ['mp4a.40.2'] : [])];
        buffer = source.addSourceBuffer('video/mp4; codecs="' + codecs.join(',') + '"');
        buffer.onupdateend = next;
      }
      queue.push(data);
      next();
    };
    socket.onclose = ({ code }) => { closed = true; if (code !== 1000) fail('closed with ' + code); else next(); };
  };
})`;

/** `<video src>` and nothing else, to the end of the stream. */
export function watchInVideoElement(url: string, live: Ready): Promise<Watched> {
  return watchInPage(BY_ELEMENT, url, live);
}

/** Media Source Extensions and a WebSocket, to the end of the stream. */
export function watchBySocket(url: string, live: Ready): Promise<Watched> {
  return watchInPage(BY_SOCKET, url, live);
}
