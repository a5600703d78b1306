/** Build every entry that exists, or those named: `node build.js [--watch] [console phone pages]`. */
import { existsSync, rmSync } from 'node:fs';
import { build } from 'vite';
import { ENTRIES } from './entries.js';

const words = process.argv.slice(2);
const watch = words.includes('--watch');
const named = words.filter((word) => !word.startsWith('--'));
const out = new URL('../maplebridge/site/assets/app/', import.meta.url);

for (const [name, file] of Object.entries(ENTRIES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  if (!existsSync(new URL(file, import.meta.url))) continue;
  rmSync(new URL(`${name}-chunks`, out), { recursive: true, force: true });
  await build({ mode: name, logLevel: 'warn', build: watch ? { watch: {} } : {} });
  console.log(`built ${name}`);
}
