import { defineConfig } from '@playwright/test';
import tests from './playwright.config';

export default defineConfig({ ...tests, testDir: './benches', testMatch: '*.bench.ts', workers: 1, reporter: [['line']] });
