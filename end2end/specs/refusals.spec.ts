// Whatever is wrong gets a clear answer and harms nothing.
import { freshName, orderCluster, reaches } from '../portal/clusters';
import { hydrated } from '../portal/pages';
import { throughTheSandbox } from '../portal/people';
import { expect, test } from '../portal/test';

test('a bad name is explained while it is typed, and a taken one comes with another', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('taken');
  await orderCluster(page, name);
  await page.goto('/clusters/new');
  await hydrated(page);
  const field = page.getByLabel('Name', { exact: true });
  const create = page.getByRole('button', { name: 'Create cluster' });
  await field.fill('Shop');
  await expect(page.locator('#name-message')).toContainText('lower-case');
  await expect(create).toBeDisabled();
  await field.fill(name);
  await expect(page.locator('#name-message')).toContainText('taken');
  await expect(create).toBeDisabled();
  await field.fill(freshName('free'));
  await expect(page.locator('#name-message')).toContainText('is free');
  await expect(create).toBeEnabled();
});

test('a plan that does not exist is refused beside its field', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  await page.goto('/clusters/new?name=' + freshName('odd'));
  const radio = page.locator('input[name="draft[plan]"]').first();
  await radio.evaluate((input: HTMLInputElement) => {
    input.value = 'enormous';
    input.checked = true;
  });
  await page.getByLabel('Name', { exact: true }).fill(freshName('odd'));
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.locator('#plan-message')).not.toBeEmpty();
});

test('a double click orders one cluster', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const name = freshName('twice');
  await page.goto('/clusters/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create cluster' }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.goto(`/clusters?search=${name}`);
  await expect(page.getByRole('link', { name })).toHaveCount(1);
});

test('a session that ends in the middle of the form loses nothing typed', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const name = freshName('interrupted');
  await page.goto('/clusters/new');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await expect(page.locator('#name-message')).toContainText('is free');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await page.getByRole('link', { name: /sign in and come back/i }).click();
  await throughTheSandbox(page, 'developer');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  // The browser reports the refusal of the form that was sent without a session.
  complaints.length = 0;
});

test('an order while the host cluster is unreachable waits, says so, and goes through later', async ({ openAs, faults }) => {
  const page = await openAs('developer');
  await faults.set({ kubernetes: { unreachable: true } });
  await orderCluster(page, freshName('patient'));
  await expect(page.getByText('Host does not answer')).toBeVisible({ timeout: 45_000 });
  await faults.heal();
  await reaches(page, 'Ready', 80_000);
});

test('an image that cannot be pulled is explained with a next step', async ({ openAs, faults }) => {
  const page = await openAs('developer');
  await faults.set({ workloads: { image_pull: true } });
  await orderCluster(page, freshName('no-image'));
  await expect(page.getByText('Image cannot be pulled')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('What to do:')).toBeVisible();
});

test('a body of 100 MB is refused and leaves the portal as it was', async ({ openAs, portal }) => {
  const page = await openAs('developer');
  const body = Buffer.alloc(100_000_000, 'x');
  for (const path of ['/rpc/order-cluster', '/api/v1/clusters']) {
    const answer = await page.request
      .post(path, { data: body, headers: { origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' } })
      .then(
        (answer) => answer.status(),
        // To close the connection while the body is still on its way is a refusal too.
        (error: Error) => (/EPIPE|ECONNRESET/.test(error.message) ? 413 : Promise.reject(error)),
      );
    expect(answer, path).toBe(413);
  }
  await page.goto('/clusters');
  await expect(page.getByRole('heading', { name: 'Clusters' })).toBeVisible();
});
