import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Unit tests: those beside the sources, and the rules of the architecture. What needs a server is in `npm test`. */
const config: ViteUserConfig = defineConfig({
  test: { include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/*.test.ts'] },
});

export default config;
