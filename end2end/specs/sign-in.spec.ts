// Who gets in, where it leads, and who sees what.
import { freshName, orderCluster } from '../portal/clusters';
import { people } from '../portal/people';
import { expect, test } from '../portal/test';

test('signing in leads to the page that was asked for', async ({ openAs }) => {
  const page = await openAs(undefined);
  await page.goto('/clusters/new');
  await page.getByRole('link', { name: 'Sign in' }).or(page.getByText(/continue with .*sandbox/i)).first().click();
  if (page.url().includes('/sign-in')) await page.getByText(/continue with .*sandbox/i).click();
  await page.getByRole('button', { name: people.developer }).click();
  await expect(page).toHaveURL(/\/clusters\/new$/);
});

test('signing out ends the session here and at the provider', async ({ openAs }) => {
  const page = await openAs('developer');
  await page.getByText(people.developer).first().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/clusters');
  await expect(page.getByRole('navigation', { name: 'Main' })).toHaveCount(0);
  await expect(page.getByText(/sign in/i).first()).toBeVisible();
});

test('what belongs to another tenant looks like what does not exist', async ({ openAs }) => {
  const owner = await openAs('developer');
  const name = freshName('secret');
  const address = await orderCluster(owner, name);
  const stranger = await openAs('otherDeveloper');
  await stranger.goto('/clusters');
  await expect(stranger.getByText(name)).toHaveCount(0);
  const missing = address.replace(/[0-9a-f]{4}$/, '0000');
  const [foreign, none] = [await stranger.goto(address), await stranger.goto(missing)];
  expect([foreign?.status(), none?.status()]).toEqual([404, 404]);
});

test('a viewer sees a cluster but is offered neither kubeconfig nor deletion', async ({ openAs }) => {
  const owner = await openAs('developer');
  const address = await orderCluster(owner, freshName('looked-at'));
  const page = await openAs('viewer');
  await page.goto(`${address}/settings`);
  await expect(page.getByText('You may look, but not change anything')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete for good' })).toHaveCount(0);
  await page.goto('/clusters/new');
  await expect(page.getByText('You may not order clusters yet')).toBeVisible();
});

test('a provider that is down gives a page that says so, and signing in works once it is back', async ({ openAs, faults, complaints }) => {
  const page = await openAs(undefined);
  await faults.set({ identity: { down: true } });
  await page.goto('/sign-in');
  await page.getByText(/continue with .*sandbox/i).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText(/try again/i)).toBeVisible();
  await faults.heal();
  await page.getByText(/try again/i).click();
  await page.getByText(/continue with .*sandbox/i).or(page.getByRole('button', { name: people.developer })).first().click();
  const person = page.getByRole('button', { name: people.developer });
  if (await person.isVisible()) await person.click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  // The browser reports the page's own error status.
  complaints.length = 0;
});
