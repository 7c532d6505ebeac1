import type { OpenEngine } from './engine.ts';
import type { Way } from './ways.ts';

/** Loads what plays in a way; in chunks of their own, since most of them are larger than the page. */
export async function loadEngine(way: Way): Promise<OpenEngine> {
  switch (way) {
    case 'ws-flv':
    case 'http-flv': {
      const [{ FlvEngine }, { default: library }] = await Promise.all([import('./flv-engine.ts'), import('mpegts.js')]);
      library.LoggingControl.enableAll = false;
      return (options) => new FlvEngine(library, options);
    }
    case 'ws-mp4': {
      const { Mp4Engine } = await import('./mp4-engine.ts');
      return (options) => new Mp4Engine(options);
    }
    case 'hls': {
      // Not the light one, although it has 114 KB instead of 178: it knows neither tracks of sound nor captions.
      const [{ HlsEngine }, { default: library }] = await Promise.all([import('./hls-engine.ts'), import('hls.js')]);
      return (options) => new HlsEngine(library, options);
    }
    case 'native-hls':
    case 'http-mp4': {
      const { NativeEngine } = await import('./native-engine.ts');
      return (options) => new NativeEngine(options);
    }
  }
}
