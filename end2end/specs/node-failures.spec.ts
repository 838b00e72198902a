// What goes wrong with nodes reads well and has a way out.
import { freshName, reaches } from '../portal/clusters';
import { machineOf, openPart, createNode, unavailable } from '../portal/node_use';
import { alive } from '../portal/pages';
import { expect, test } from '../portal/test';

const up = 60_000;

test('a lack of capacity names each place that was tried, and the launch can be tried again', async ({ openAs, faults }) => {
  const page = await openAs('developer');
  await faults.set({ skypilot: { no_capacity: ['H200'] } });
  const name = freshName('nowhere');
  const address = await createNode(page, name, { accelerator: 'H200', count: '8', cloud: '' });
  await reaches(page, 'Failed', up);
  const failure = page.locator('[data-failure="no_capacity"]');
  await expect(failure.getByRole('listitem').filter({ hasText: 'us-east-1' }).first()).toBeVisible();
  await expect(failure).toContainText('Next step: ');
  await page.goto('/nodes');
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('no capacity available');
  await faults.heal();
  await page.goto(address);
  await alive(page);
  await page.getByRole('button', { name: 'Retry launch' }).click();
  await reaches(page, 'Ready', up);
});

test('a machine that is ended behind our back shows within a minute', async ({ openAs, faults }) => {
  test.setTimeout(180_000);
  const page = await openAs('developer');
  await createNode(page, freshName('ended'));
  await reaches(page, 'Ready', up);
  await faults.happen('skypilot-end-machine', { cluster: await machineOf(page) });
  await reaches(page, 'Failed', 75_000);
  await expect(page.locator('[data-failure="machine_gone"]')).toContainText('Next step: ');
  await openPart(page, 'Connect');
  await expect(unavailable(page, 'failed')).toBeVisible();
});

test('while SkyPilot does not answer, pages say so and go on as soon as it does', async ({ openAs, faults, complaints }) => {
  const page = await openAs('developer');
  const address = await createNode(page, freshName('silent'));
  await reaches(page, 'Ready', up);
  await faults.set({ skypilot: { unreachable: true } });
  for (const part of ['jobs', 'logs']) {
    await page.goto(`${address}/${part}`);
    await expect(page.locator('[data-problem="unavailable"]')).toBeVisible({ timeout: 40_000 });
  }
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await faults.heal();
  await page.goto(`${address}/jobs`);
  await expect(page.getByText('No jobs yet').or(page.getByRole('table'))).toBeVisible();
  // The browser reports the answers that said so.
  complaints.length = 0;
});

test('a session that ends while a node is open is told, and leads back to the same part', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const address = await createNode(page, freshName('session'));
  await reaches(page, 'Ready', up);
  await page.goto(`${address}/jobs`);
  await alive(page);
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('nvidia-smi');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Submit job' }).click();
  const back = page.locator('[data-notice="signed-out-notice"]').getByRole('link');
  await expect(back).toHaveAttribute('href', new RegExp(`/sign-in\\?return_to=${encodeURIComponent(`${address}/jobs`)}`));
  await expect(page.getByRole('textbox', { name: 'Command', exact: true }), 'what was typed stays').toHaveValue('nvidia-smi');
  complaints.length = 0;
});

test('what a viewer may not do is explained, and others see nothing at all', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const address = await createNode(page, freshName('looked-at'));
  await reaches(page, 'Ready', up);
  const viewer = await openAs('viewer');
  await viewer.goto(`${address}/connect`);
  await expect(unavailable(viewer, 'no-permission')).toBeVisible();
  await viewer.goto(`${address}/settings`);
  await expect(viewer.getByText('You can view this node, but not change it')).toBeVisible();
  const stranger = await openAs('otherDeveloper');
  for (const path of [address, `${address}/connect`, '/admin/orphans']) {
    const answer = await stranger.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(stranger.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible();
  }
  complaints.length = 0;
});

test('an admin deletes a machine that belongs to no node by its name', async ({ openAs, faults }) => {
  test.setTimeout(360_000);
  const page = await openAs('admin');
  // Named like a machine of the tenant, but no node has it.
  const [tenant] = await (await page.request.get('/api/v1/tenants')).json();
  const machine = `hgr-${tenant.id.slice(-8)}-${freshName('forgotten')}`;
  await faults.happen('skypilot-make-orphan', { workspace: 'default', cluster: machine });
  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Orphans' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Orphans' })).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: machine })).toBeVisible();
    // Looked for once a minute.
  }).toPass({ timeout: 180_000 });
  await alive(page);
  await page.getByRole('row').filter({ hasText: machine }).getByRole('link', { name: /^Delete/ }).click();
  const button = page.getByRole('button', { name: 'Delete machine' });
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${machine} to confirm`).fill(machine);
  await button.click();
  await expect(button).toHaveCount(0);
  await expect(async () => {
    await page.goto('/admin/orphans');
    await expect(page.getByRole('row').filter({ hasText: machine })).toHaveCount(0);
  }).toPass({ timeout: 120_000 });
});
