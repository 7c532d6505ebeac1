import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { libraryFixes } from './library-fixes.ts';
import { licenses } from './licenses.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * `src/boot.js` sets theme and language before the first paint, so that nothing flashes. It has to be a classic script
 * in the head, which Vite does not bundle: this gives it a hashed name and a tag, and the names of the languages, so that
 * the words come beside the scripts and not after them. The policy of the pages allows no inline script.
 */
function boot(): Plugin {
  return {
    name: 'boot',
    buildStart() {
      if (this.meta.watchMode) return;
      this.emitFile({ type: 'asset', name: 'boot.js', source: readFileSync(at('src/boot.js'), 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const files = Object.values(bundle ?? {});
        const built = files.find((file) => file.type === 'asset' && file.names.includes('boot.js'));
        const attrs: Record<string, string> = { src: built ? `/${built.fileName}` : '/src/boot.js' };
        for (const lang of ['en', 'zh']) {
          const words = files.find((file) => file.type === 'chunk' && file.name === lang);
          if (words) attrs[`data-${lang}`] = `/${words.fileName}`;
        }
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}

export default defineConfig(({ command }) => {
  // A shell that says NODE_ENV=development, or a test that starts the server, must not make the slower and larger page.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: at('.'),
    plugins: [svelte(), boot(), libraryFixes(), licenses()],
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // KB. One library is larger than the usual 500, hls.js in one piece; only who plays by it loads it.
      chunkSizeWarningLimit: 600,
      rolldownOptions: { input: { index: at('index.html'), embed: at('embed.html') } },
    },
    server: { fs: { allow: [at('..')] } },
  };
});
