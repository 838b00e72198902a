// The audit log: found, opened, taken along.
import { readFile } from 'node:fs/promises';
import { freshName, orderCluster } from '../portal/clusters';
import { hydrated } from '../portal/pages';
import { expect, test } from '../portal/test';

test('what was done is found, opened and exported', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('audited');
  await orderCluster(page, name);
  await page.goto('/tenants/vision/audit');
  await hydrated(page);
  await page.getByLabel('Person or thing').fill(name);
  await page.getByLabel('What was done').selectOption('order_cluster');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/search=audited.*action=order_cluster/);

  await page.getByRole('link', { name: `ordered ${name}` }).click();
  await expect(page).toHaveURL(/entry=[0-9a-f-]{36}/);
  await expect(page.getByText(`Grace Okafor ordered ${name}`)).toBeVisible();
  await expect(page.getByText('in the browser').first()).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('hangar-audit.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^sequence,at,who,/);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(name);

  // That it was taken along is in the log as well.
  await page.goto('/tenants/vision/audit?action=export_audit');
  await expect(page.getByRole('link', { name: /exported the audit log of Vision/ }).first()).toBeVisible();
});

test('nothing found and nothing allowed are two different things', async ({ openAs }) => {
  const developer = await openAs('developer');
  await developer.goto('/tenants/vision/audit?search=nothing-is-called-so');
  await expect(developer.getByText('Nothing matches')).toBeVisible();
  const viewer = await openAs('viewer');
  await viewer.goto('/tenants/vision/audit');
  await expect(viewer.getByText('Not for you to read')).toBeVisible();
});
