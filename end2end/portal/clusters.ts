// What people do with clusters, as they do it.
import { Page, expect } from '@playwright/test';
import { alive } from './pages';

let count = 0;

/** A name that no other test of this run uses. */
export function freshName(word: string): string {
  count += 1;
  return `${word}-${process.env.TEST_PARALLEL_INDEX ?? '0'}-${count}`;
}

/** Fills in the form with what it proposes and sends it; returns the address of the cluster's page. */
export async function createCluster(page: Page, name: string): Promise<string> {
  await page.goto('/clusters/new');
  await alive(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Deletes the cluster whose page is at `address` by typing its name. */
export async function deleteCluster(page: Page, address: string, name: string): Promise<void> {
  await page.goto(`${address}/settings`);
  await alive(page);
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole('button', { name: 'Delete cluster' }).click();
  // A quick host leaves the page no time to show it.
  const deleting = page.getByRole('status').filter({ hasText: 'State: Deleting' });
  await expect(deleting.or(page.locator('[data-problem="gone"]'))).toBeAttached({ timeout: 45_000 });
}

/** Waits until the page that is open says that its cluster is in a state. */
export async function reaches(page: Page, state: string, timeout = 45_000): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: `State: ${state}` })).toBeAttached({ timeout });
}

/** Downloads the kubeconfig of the cluster whose page is at `address` into `folder`; returns the file. */
export async function downloadKubeconfig(page: Page, address: string, folder: string): Promise<string> {
  await page.goto(`${address}/connect`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Download/ }).click(),
  ]);
  const file = `${folder}/${download.suggestedFilename()}`;
  await download.saveAs(file);
  return file;
}
