import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Sources of the page; seen from the source and from what is built of it. */
const SOURCES = join(__dirname, '..', '..', 'src', 'console', 'page');

/** Where the build leaves the page's files. */
export const PAGE_PATH = join(__dirname, '..', '..', 'dist', 'console', 'page');

/**
 * Bundles the page into `page.js` and `page.css`, with everything that it needs.
 * @throws Error when a source can't be compiled
 */
export async function bundlePage(folder = PAGE_PATH): Promise<void> {
  const { build } = await import('esbuild');
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { page: join(SOURCES, 'main.tsx') },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    legalComments: 'eof',
    logLevel: 'warning',
    tsconfig: join(SOURCES, 'tsconfig.json'),
  });
}

if (require.main === module) {
  bundlePage().then(
    () => console.log(PAGE_PATH),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
