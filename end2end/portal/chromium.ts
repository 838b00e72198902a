// The machine's own Chromium: nothing is downloaded.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

// What keeps a browser that shall only look at loopback from calling anywhere else.
const quiet = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-gpu',
];

/** Playwright's settings for the Chromium of this machine. */
export function chromium() {
  const executablePath = find();
  // Chromium refuses to run as root with its sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { browserName: 'chromium' as const, launchOptions: { executablePath, args: [...quiet, ...sandbox] } };
}

function find(): string {
  const named = process.env.CHROMIUM;
  if (named) return named;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const file = join(folder, name);
      if (existsSync(file)) return file;
    }
  }
  throw new Error('Chromium is not on this machine. `./dev test` installs it; or name its file in CHROMIUM.');
}
