import type { App } from '../app.svelte.ts';

/** The system's sheet where there is one for fingers, else the link is copied. */
export async function share(app: App, url: string, title: string): Promise<void> {
  if ('share' in navigator && matchMedia('(pointer: coarse)').matches) {
    try {
      await navigator.share({ title, url });
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
    }
  }
  await app.copy(url);
}
