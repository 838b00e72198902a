// Who gets in, where it leads, and who sees what.
import { freshName, createCluster } from '../portal/clusters';
import { throughTheSandbox, users } from '../portal/users';
import { expect, test } from '../portal/test';

test('signing in leads to the page that was asked for', async ({ openAs }) => {
  const page = await openAs(undefined);
  await page.goto('/clusters/new');
  await throughTheSandbox(page, 'developer');
  await expect(page).toHaveURL(/\/clusters\/new$/);
});

test('several tabs that sign in side by side all arrive where they were going', async ({ openAs }) => {
  const first = await openAs(undefined);
  const tabs = [first, await first.context().newPage(), await first.context().newPage()];
  const addresses = ['/clusters/new', '/nodes', '/account'];
  // Each is at the provider before any of them comes back.
  for (const [index, tab] of tabs.entries()) {
    await tab.goto(addresses[index]);
    await tab.getByRole('link', { name: /continue with .*sandbox/i }).click();
    await expect(tab.getByRole('button', { name: users.developer })).toBeVisible();
  }
  await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: users.developer }).click()));
  for (const [index, tab] of tabs.entries()) {
    await expect(tab).toHaveURL(new RegExp(`${addresses[index]}$`));
    await expect(tab.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('signing out ends the session here and at the provider', async ({ openAs }) => {
  const page = await openAs('developer');
  await page.locator('summary').filter({ hasText: users.developer, visible: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: /continue with/i })).toBeVisible();
  await page.goto('/clusters');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('what belongs to another tenant looks like what does not exist', async ({ openAs }) => {
  const owner = await openAs('developer');
  const name = freshName('secret');
  const address = await createCluster(owner, name);
  const stranger = await openAs('otherDeveloper');
  await stranger.goto('/clusters');
  await expect(stranger.getByText(name)).toHaveCount(0);
  const missing = address.replace(/[0-9a-f]{4}$/, '0000');
  const [foreign, none] = [await stranger.goto(address), await stranger.goto(missing)];
  expect([foreign?.status(), none?.status()]).toEqual([404, 404]);
});

test('a viewer sees a cluster but is offered neither kubeconfig nor deletion', async ({ openAs }) => {
  const owner = await openAs('developer');
  const address = await createCluster(owner, freshName('looked-at'));
  const page = await openAs('viewer');
  await page.goto(`${address}/settings`);
  await expect(page.getByText('You can view this cluster, but not change it')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete cluster' })).toHaveCount(0);
});

test('a provider that has changed its keys is believed', async ({ openAs, faults }) => {
  await openAs('developer');
  await faults.happen('rotate-signing-key');
  const page = await openAs('developer');
  await expect(page.getByRole('note')).toContainText('Sandbox');
});
