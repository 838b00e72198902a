// Everything works without scripts.
import { freshName } from '../portal/clusters';
import { expect, test } from '../portal/test';

test('a cluster is created, watched and deleted without JavaScript', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const name = freshName('plain');
  await page.goto('/clusters/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const address = new URL(page.url()).pathname;
  // The browser loads the page again.
  await expect(page.getByText('State: Ready')).toBeAttached({ timeout: 45_000 });
  await page.goto(`${address}/settings`);
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole('button', { name: 'Delete cluster' }).click();
  await expect(page.getByText('State: Deleting')).toBeAttached();
  await expect(page.locator('[data-problem="gone"]')).toBeVisible({ timeout: 45_000 });
});

test('a refused form is shown again with what was typed and the message beside the field', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  await page.goto('/clusters/new');
  await page.getByLabel('Name', { exact: true }).fill('Not A Name');
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Not A Name');
  await expect(page.locator('#name-message')).toHaveText(/\S/);
});
