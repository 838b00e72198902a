import { defineConfig } from '@playwright/test';
import tests from './playwright.config';

// A trace takes pictures of the page all the time, which would be measured too.
const use = { ...tests.use, trace: 'off' as const };

export default defineConfig({ ...tests, use, testDir: './benches', testMatch: '*.bench.ts', workers: 1, reporter: [['line']] });
