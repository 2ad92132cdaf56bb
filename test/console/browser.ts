import { chromium, type Browser, type Page } from 'playwright-core';
import { which } from '../../lab/setup/command';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium without a window. @throws Error when there is none: scripts/setup --for-tests installs it */
export function launchChromium(): Promise<Browser> {
  const executablePath = NAMES.map((name) => which(name)).find((path) => path !== undefined);
  if (executablePath === undefined) throw new Error('no Chromium: scripts/setup --for-tests installs it');
  return chromium.launch({ executablePath, args: FLAGS, timeout: 120_000 });
}

/** What a page did that it must not do: errors, and requests to anybody but its own server. */
export function watchMisdeeds(page: Page): string[] {
  const misdeeds: string[] = [];
  page.on('pageerror', (error) => misdeeds.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') misdeeds.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (hostname !== '127.0.0.1' && protocol !== 'data:') misdeeds.push(`request: ${request.url()}`);
  });
  return misdeeds;
}
