import { defineConfig } from '@playwright/test';
import { chromium } from './portal/chromium';

export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  // Each worker has a portal of its own, so tests of different workers cannot meet.
  workers: 2,
  fullyParallel: true,
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
    trace: 'retain-on-failure',
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    locale: 'en-GB',
    timezoneId: 'UTC',
  },
});
