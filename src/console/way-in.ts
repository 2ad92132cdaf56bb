import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { html } from '../text/html';

/** A file that leads a browser to the page. */
export interface WayIn {
  file: string;
  /** Removes it. */
  remove: () => void;
}

/**
 * Writes a file, for this user alone, that leads to an address: the address has a token in it, and on the command line of a
 * browser everybody on this machine could read that.
 * @param folder where a folder for it is made; default: the user's own for what lasts as long as a session, else that for temporary files
 */
export function writeWayIn(url: string, folder = process.env.XDG_RUNTIME_DIR || tmpdir()): WayIn {
  const own = mkdtempSync(join(folder, 'bigswitch-console-'));
  const file = join(own, 'console.html');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="refresh" content="0; url=${url}" />
        <title>bigswitch</title>
      </head>
      <body>
        <a href="${url}">bigswitch</a>
      </body>
    </html>`;
  writeFileSync(file, page.text, { mode: 0o600, flag: 'wx' });
  return { file, remove: () => rmSync(own, { recursive: true, force: true }) };
}
