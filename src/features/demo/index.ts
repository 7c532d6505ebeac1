import { readFile } from 'node:fs/promises';
import { pathOfSlug } from '../../live/path.ts';
import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { readClip } from './clip.ts';
import { DemoPublisher } from './demo-publisher.ts';

/** Made by `scripts/make-demo.js`. */
const CLIP = new URL('../../../assets/demo.flv', import.meta.url);

/** `--demo`: a clip that plays in the default room until somebody publishes there. */
export const demo: Plugin = {
  name: 'demo',
  async start({ hub, scheduler, settings, log }: App): Promise<Running> {
    if (!settings.demo) return { close: async () => {} };
    const publisher = new DemoPublisher({
      hub,
      scheduler,
      log,
      clip: readClip(await readFile(CLIP)),
      path: pathOfSlug(settings.defaultRoom),
      grace: settings.grace * SECOND,
    });
    return {
      listening: () => void publisher.start(),
      close: async () => publisher.close(),
    };
  },
};
