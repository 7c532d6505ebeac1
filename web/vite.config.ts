import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { compressed } from './compressed.ts';
import { libraryFixes } from './library-fixes.ts';
import { licenses } from './licenses.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * `src/boot.js` sets theme and language before the first paint, so that nothing flashes. It has to be a classic script
 * in the head, which Vite does not bundle: this gives it a hashed name and a tag, and the names of the languages and of the
 * pages, so that the words and the page come beside the first scripts and not after them. The policy of the pages allows no inline script.
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
        for (const page of ['HomePage', 'RoomPage']) {
          const chunk = files.find((file) => file.type === 'chunk' && file.name === page);
          if (chunk?.type !== 'chunk') continue;
          const needed = [
            chunk,
            ...files.filter((file) => file.type === 'chunk' && chunk.imports.includes(file.fileName)),
          ];
          const styles = needed.flatMap((file) =>
            file.type === 'chunk' ? [...(file.viteMetadata?.importedCss ?? [])] : [],
          );
          attrs[`data-${page.slice(0, 4).toLowerCase()}`] = [...needed.map(({ fileName }) => fileName), ...styles]
            .map((name) => `/${name}`)
            .join(' ');
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
    plugins: [svelte(), boot(), libraryFixes(), licenses(), compressed()],
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // KB. One library is larger than the usual 500, hls.js in one piece; only who plays by it loads it.
      chunkSizeWarningLimit: 600,
      rolldownOptions: {
        input: { index: at('index.html'), embed: at('embed.html') },
        // Lists of exports do not bring what nobody takes from them.
        treeshake: { moduleSideEffects: [{ test: /src.client.|svelte.src.internal.client.dom/, sideEffects: false }] },
        output: {
          codeSplitting: {
            includeDependenciesRecursively: false,
            groups: [
              // What every page needs is one piece, and what every player needs: small ones cost a request each and pack badly.
              {
                name: 'page',
                test: /preload-helper|rolldown.runtime|node_modules.(?:svelte|clsx)\b(?!.*bindings.(?:input|select))|src.(?:app.svelte|account.(?:account.svelte|AccountButton|fragment)|ui.(?:Icon|icons|tone|Mark|Sprite|Toast|TopBar|media-match)|format.units|messages.(?:insist|load)|settings|room.every-second|player.ways|client.(?:api|clock|index))\b/,
              },
              {
                name: 'player',
                test: /src.(?:client|room|player).(?!Address|source|captions|MenuHead|admin-api|room-api)/,
                minShareCount: 2,
              },
              {
                name: 'owner',
                test: /src.(?:messages.advice|owner.(?:index|OwnerDesk|FirstRun|EndButton|HealthPane|Tabs|QrCode|ObsFields|CopyRow|desk|trend|advice|AdviceRow))\.(?!-)/,
              },
              // They would come with the first piece, because the library is one list of exports.
              { name: 'forms', test: /svelte.src.*bindings.(?:input|select)/ },
            ],
          },
        },
      },
    },
    server: { fs: { allow: [at('..')] } },
  };
});
