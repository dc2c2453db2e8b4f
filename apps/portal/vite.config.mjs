import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const workspace = `${import.meta.dirname}/../..`;

/** Built by `tools/build-portal.cjs` into `dist/apps/portal`, from where the API serves it at `/`. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: {
    alias: {
      '@hub/api-client': `${workspace}/libs/api-client/src/index.ts`,
      '@hub/audit-verifier': `${workspace}/libs/audit/src/verifier/verify.mjs`,
    },
  },
  build: {
    emptyOutDir: true,
    // The page allows no inline scripts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What counts is what is sent, compressed: the browser suite holds that to its bound.
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      output: {
        // What every page needs comes in one piece, and what many of them share in another: sixty small files are sixty requests.
        codeSplitting: {
          groups: [
            { name: 'base', tags: ['$initial'] },
            { name: 'shared', minShareCount: 10 },
          ],
        },
      },
    },
  },
  // `npx vite apps/portal` beside a running hub: pages as they are edited.
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/auth': 'http://127.0.0.1:3000' } },
});
