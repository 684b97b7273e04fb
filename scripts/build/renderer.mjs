import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCompiledCatalog } from '@lingui/cli/api';
import react from '@vitejs/plugin-react';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import { filesBelow, root, stale } from './files.mjs';

const renderer = join(root, 'renderer');

/** The catalogue of one locale as plain strings: its TypeScript sources, bundled and evaluated here. */
async function catalogue(entry) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'warning',
  });
  const source = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${source}`)).messages;
}

/** Replaces renderer/messages/LOCALE/index.ts by its compiled messages, so that the page parses none and needs no eval. */
function compiledMessages() {
  return {
    name: 'compiled-messages',
    enforce: 'pre',
    async load(id) {
      const match = /renderer\/messages\/([\w-]+)\/index\.ts$/.exec(id.replaceAll('\\', '/'));
      if (!match) return null;
      for (const file of filesBelow(join(renderer, 'messages', match[1]))) this.addWatchFile(file);
      const texts = await catalogue(id);
      const { source, errors } = createCompiledCatalog(match[1], texts, {
        strict: false,
        namespace: 'json',
      });
      if (errors.length > 0) throw new Error(`message ${errors[0].id}: ${errors[0].error.message}`);
      // A message that is empty on purpose stays empty; the compiler would put its id there.
      const compiled = JSON.parse(source).messages;
      for (const [name, message] of Object.entries(texts)) if (message === '') compiled[name] = [];
      return {
        code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(compiled))});`,
        map: null,
      };
    },
  };
}

/** The page speaks English: the texts of React Aria in other languages stay out. */
function englishOnly() {
  return {
    name: 'english-only',
    enforce: 'pre',
    load: {
      filter: {
        id: /\/react-(?:aria|aria-components|stately)\/dist\/private\/intl\/[a-z]+\/(?!en-US)[a-z]{2}-[A-Z]{2}\./,
      },
      handler: () => ({ code: 'export default {};', map: null }),
    },
  };
}

/** The fonts of the first screen are fetched with its scripts, not when the first text is laid out. */
function fontsFirst() {
  return {
    name: 'fonts-first',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((path) => /-latin-[47]00-normal-[^/]*\.woff2$/.test(path))
          .map((path) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${path}` },
            injectTo: 'head',
          })),
    },
  };
}

async function bundle(entry, target) {
  await vite.build({
    configFile: false,
    root: entry,
    base: './',
    logLevel: 'warn',
    publicDir: false,
    plugins: [compiledMessages(), englishOnly(), fontsFirst(), react()],
    resolve: { conditions: ['onebox-source', 'module', 'browser', 'import', 'default'] },
    build: {
      outDir: target,
      emptyOutDir: true,
      target: 'chrome126',
      // Fonts and pictures stay files: the content security policy allows no others.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // React and React Aria together, from the disk of this machine.
      chunkSizeWarningLimit: 1_000,
    },
  });
}

/**
 * Builds the user interface to renderer/dist/app, and with `gallery` the page of all screens and states
 * to renderer/dist/gallery, each only when a source is newer. Returns what was built.
 */
export async function buildRenderer({ gallery = false } = {}) {
  const contracts = [
    join(root, 'gateway/api.ts'),
    join(root, 'gateway/card/model.ts'),
    join(root, 'protocol/errors.ts'),
    ...filesBelow(join(root, 'protocol/error-tables')),
    join(root, 'package.json'),
  ];
  const sources = filesBelow(renderer, (path) => !/\.test\.tsx?$/.test(path)).concat(
    contracts.filter(existsSync),
    import.meta.filename,
  );
  const pages = [
    { name: 'app', entry: renderer, sources: sources.filter((path) => !path.startsWith(join(renderer, 'gallery'))) },
  ];
  if (gallery) pages.push({ name: 'gallery', entry: join(renderer, 'gallery'), sources });
  const built = [];
  for (const { name, entry, sources: newer } of pages) {
    const target = join(renderer, 'dist', name);
    if (!stale(join(target, 'index.html'), newer)) continue;
    await bundle(entry, target);
    if (/\bstyle="|<script>/.test(readFileSync(join(target, 'index.html'), 'utf8')))
      throw new Error(`${name}: the page has inline code that its policy forbids`);
    built.push(name);
  }
  return built;
}
