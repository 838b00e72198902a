// The audit log: filters, entries, export.
import { readFile } from 'node:fs/promises';
import { freshName, createCluster } from '../portal/clusters';
import { alive } from '../portal/pages';
import { expect, test } from '../portal/test';

test('an entry is found, opened and exported', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('audited');
  await createCluster(page, name);
  await page.goto('/tenants/vision/audit');
  await alive(page);
  await page.getByLabel('User or target').fill(name);
  await page.getByLabel('Action', { exact: true }).selectOption('order_cluster');
  await expect(page).toHaveURL(/search=audited.*action=order_cluster/);

  await page.getByRole('link', { name: `created ${name}` }).click();
  await expect(page).toHaveURL(/entry=[0-9a-f-]{36}/);
  await expect(page.getByText(`Grace Okafor created ${name}`)).toBeVisible();
  await expect(page.getByText('browser', { exact: true }).first()).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('hangar-audit.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^sequence,at,who,/);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(name);

  // The export is in the log as well.
  await page.goto('/tenants/vision/audit?action=export_audit');
  await expect(page.getByRole('link', { name: /exported the audit log of Vision/ }).first()).toBeVisible();
});

test('an empty result and a missing permission look different', async ({ openAs }) => {
  const developer = await openAs('developer');
  await developer.goto('/tenants/vision/audit?search=no-such-name');
  await expect(developer.getByText('No entries match')).toBeVisible();
  const viewer = await openAs('viewer');
  await viewer.goto('/tenants/vision/audit');
  await expect(viewer.getByText('You cannot read this audit log')).toBeVisible();
});
