// Whatever is wrong gets a clear answer and harms nothing.
import { freshName, createCluster, reaches } from '../portal/clusters';
import { alive } from '../portal/pages';
import { throughTheSandbox } from '../portal/users';
import { expect, test } from '../portal/test';

test('a bad name is explained while it is typed, and a taken one comes with another', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('taken');
  await createCluster(page, name);
  await page.goto('/clusters/new');
  await alive(page);
  const field = page.getByLabel('Name', { exact: true });
  const message = page.locator('#name-message [data-state]');
  await field.fill('Shop');
  await expect(message).toHaveAttribute('data-state', 'error');
  await field.fill(freshName('free'));
  await expect(message).toHaveAttribute('data-state', 'ok');
  await field.fill(name);
  await expect(message).toHaveAttribute('data-state', 'error');
  await page.getByRole('button', { name: /^Use / }).click();
  await expect(message).toHaveAttribute('data-state', 'ok');
  await expect(field).not.toHaveValue(name);
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

test('a double click creates one cluster', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const name = freshName('twice');
  await page.goto('/clusters/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create cluster' }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.goto(`/clusters?search=${name}`);
  await expect(page.getByRole('link', { name })).toHaveCount(1);
});

test('a session that ends in the middle of the form loses nothing typed', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('interrupted');
  await page.goto('/clusters/new');
  await alive(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await expect(page.locator('#name-message')).toContainText('is available');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await page.locator('[data-notice="signed-out-notice"]').getByRole('link').click();
  await throughTheSandbox(page, 'developer');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
});

test('a cluster created while the host cluster is unreachable waits, says so, and starts later', async ({ openAs, faults }) => {
  const page = await openAs('developer');
  await faults.set({ kubernetes: { unreachable: true } });
  await createCluster(page, freshName('patient'));
  await expect(page.locator('[data-failure="host_unreachable"]')).toBeVisible({ timeout: 45_000 });
  await faults.heal();
  await reaches(page, 'Ready', 80_000);
});

test('an image that cannot be pulled is explained with a next step', async ({ openAs, faults }) => {
  const page = await openAs('developer');
  await faults.set({ workloads: { image_pull: true } });
  await createCluster(page, freshName('no-image'));
  await expect(page.locator('[data-failure="image_pull"]')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Next step:')).toBeVisible();
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
