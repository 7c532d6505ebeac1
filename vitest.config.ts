import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Unit tests: those beside the sources, and the rules of the architecture. What needs a server is in `npm test`. */
const config: ViteUserConfig = defineConfig({
  // Nothing here has state outside of objects, so the files can share their modules: a third of the time.
  test: {
    include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/*.test.ts', 'test/hls/*.test.ts'],
    setupFiles: ['test/object-prototype.ts'],
    isolate: false,
    // Some simulate hours, and a machine may have other work.
    testTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
});

export default config;
