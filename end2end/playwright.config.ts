import { defineConfig } from '@playwright/test';
import { chromium } from './portal/chromium';

export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  // Each worker has a portal of its own, so tests of different workers cannot meet. One waits while two compute.
  workers: 3,
  fullyParallel: true,
  // What takes longest, and stays in one worker, starts first.
  projects: [
    { name: 'pictures', testMatch: 'every-page.spec.ts' },
    { name: 'stories', testIgnore: 'every-page.spec.ts' },
  ],
  forbidOnly: !!process.env.CI,
  // A test that passes only when repeated does not hold.
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE
    ? [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE }]]
    : [['list']],
  use: {
    ...chromium(),
    // Recording takes as much of the processor as the pages. A failure leaves pictures and the portal's log, and
    // `--trace on` records.
    trace: 'off',
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    locale: 'en-GB',
    timezoneId: 'UTC',
  },
});
