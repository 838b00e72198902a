import { defineConfig } from '@playwright/test';
import tests from './playwright.config';

export default defineConfig({
  ...tests,
  projects: undefined,
  testDir: './benches',
  testMatch: '*.bench.ts',
  workers: 1,
  reporter: [['line']],
});
