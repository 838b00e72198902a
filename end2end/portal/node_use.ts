// What people do with nodes, as they do it.
import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Locator, Page, expect } from '@playwright/test';
import { alive } from './pages';

const run = promisify(execFile);

/** What is asked for besides the proposal, by the names of the form's address. */
export interface Wish {
  accelerator?: string;
  count?: string;
  cloud?: string;
  region?: string;
  run?: string;
  setup?: string;
}

/** Orders a node by the form, in the first place or in `tenant/environment`; returns the address of its page. */
export async function createNode(page: Page, name: string, wish: Wish = {}, place?: string): Promise<string> {
  const asked = new URLSearchParams({ accelerator: 'L4', cloud: 'aws', ...wish });
  await page.goto(`/nodes/new?${asked}`);
  await alive(page);
  if (place) await page.getByLabel('Tenant and environment').selectOption(place);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create node' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** What the node whose overview is open is called in SkyPilot. */
export async function machineOf(page: Page): Promise<string> {
  return (await fact(page, 'SkyPilot cluster')).trim();
}

/** A fact on the overview that is open. */
export async function fact(page: Page, name: string): Promise<string> {
  const pair = page.locator('dl > div').filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) });
  return pair.locator('dd').innerText();
}

/** Follows the link of a part of the page that is open. */
export async function openPart(page: Page, part: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Parts of this node' }).getByRole('link', { name: part }).click();
}

/** The state of the log viewer: `live`, `ended`, `refused` … */
export async function logReaches(page: Page, state: string, timeout = 30_000): Promise<void> {
  await expect(page.getByRole('main').locator('[role="status"][data-state]')).toHaveAttribute('data-state', state, { timeout });
}

/** Why the open tab has nothing to offer: `not-ready`, `stopped` … */
export function unavailable(page: Page, reason: string): Locator {
  return page.locator(`[data-unavailable="${reason}"]`);
}

/** Downloads what a button of the connect page gives into `folder`; returns the file. */
export async function downloadBy(page: Page, button: string, folder: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  const file = `${folder}/${download.suggestedFilename()}`;
  await download.saveAs(file);
  return file;
}

/**
 * Runs a command over SSH with the real client, as the page says, but with all its files in `folder` instead of the
 * person's own home.
 */
export async function ssh(folder: string, config: string, key: string, host: string, command: string): Promise<string> {
  await chmod(key, 0o600);
  const mine = (await readFile(config, 'utf8')).replaceAll('~/.ssh/', `${folder}/`);
  const file = `${folder}/config`;
  await writeFile(file, mine);
  const { stdout } = await run('ssh', ['-F', file, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', host, command], {
    timeout: 40_000,
  });
  return stdout;
}
