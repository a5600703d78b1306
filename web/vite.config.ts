import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { ENTRIES } from './entries.js';

const out = fileURLToPath(new URL('../maplebridge/site/assets/app', import.meta.url));

/** What comes after the first paint: the map. */
const LAZY = /maplibre|\/places\/(livemap|layers|marks)\.ts|\/shared\/map\.ts/;

/** One chunk beside a facade of a fixed name, so that no lazy chunk imports the facade back by another address. */
const APP_CHUNK = { groups: [{ name: 'app', test: (id: string) => !LAZY.test(id) && !id.endsWith('/main.ts') }] };

const ours = (file: string): string => fileURLToPath(new URL(`src/field/enketo/${file}.ts`, import.meta.url));

/** What enketo-core leaves to whoever embeds it. */
const ENKETO = {
  'enketo/config': ours('config'),
  'enketo/widgets': ours('widgets'),
  'enketo/translator': ours('translator'),
  'enketo/dialog': ours('dialog'),
  'enketo/file-manager': ours('files'),
  'enketo/xpath-evaluator-binding': 'enketo-core/src/js/xpath-evaluator-binding.js',
};

/** mergexml parses a broken document on purpose to learn where errors stand, and the browser's answer to that carries an
 * inline style, which the security policy refuses loudly. Any namespace does as well. */
const QUIET_MERGEXML = {
  name: 'quiet-mergexml',
  transform(code: string, id: string): string | null {
    if (!/mergexml\.js$/.test(id)) return null;
    const quiet = code.replace(/f = psr\.parseFromString\('<invalid'.*\n.*namespaceURI;.*/, "nsd.psr = '*';");
    if (quiet === code) throw new Error('mergexml has changed: look at vite.config.ts');
    return quiet;
  },
};

/** `--mode NAME` picks the entry: each is its own build, so that its styles stand in one file of a fixed name. */
export default defineConfig(({ mode }) => {
  const name = mode in ENTRIES ? (mode as keyof typeof ENTRIES) : 'console';
  return {
    base: '/static/app/',
    publicDir: false,
    plugins: [svelte(), QUIET_MERGEXML],
    resolve: { alias: ENKETO },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: out,
      emptyOutDir: false,
      cssCodeSplit: false,
      modulePreload: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1500,
      rollupOptions: {
        input: { [name]: fileURLToPath(new URL(ENTRIES[name], import.meta.url)) },
        output: {
          entryFileNames: '[name].js',
          ...(name === 'console' ? { codeSplitting: APP_CHUNK } : {}),
          chunkFileNames: `${name}-chunks/[name]-[hash].js`,
          assetFileNames: (asset) =>
            asset.names.some((n) => n.endsWith('.css')) ? `${name}.css` : `${name}-chunks/[name]-[hash][extname]`,
        },
      },
    },
    test: { environment: 'node', include: ['src/**/*.test.ts'], setupFiles: [] },
  };
});
