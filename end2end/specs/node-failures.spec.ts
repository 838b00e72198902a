// What goes wrong with nodes reads well and has a way out.
import { freshName, reaches } from '../portal/clusters';
import { machineOf, openPart, orderNode } from '../portal/node_use';
import { hydrated } from '../portal/pages';
import { expect, test } from '../portal/test';

const up = 60_000;

test('a lack of capacity names each place that was tried, and the launch can be tried again', async ({ openAs, faults }) => {
  const page = await openAs('developer');
  await faults.set({ skypilot: { no_capacity: [{ accelerator: 'H200' }] } });
  const name = freshName('nowhere');
  const address = await orderNode(page, name, { accelerator: 'H200', count: '8', cloud: '' });
  await reaches(page, 'Failed', up);
  const failure = page.getByRole('alert').filter({ hasText: 'No capacity to be had' });
  await expect(failure).toContainText(/any of the \d+ places|the only place/);
  await expect(failure.getByRole('listitem').filter({ hasText: 'us-east-1' }).first()).toBeVisible();
  await expect(failure).toContainText('What to do: ');
  await page.goto('/nodes');
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('no capacity to be had');
  await faults.heal();
  await page.goto(address);
  await hydrated(page);
  await page.getByRole('button', { name: 'Try the launch again' }).click();
  await reaches(page, 'Ready', up);
});

test('a machine that is ended behind our back shows within a minute', async ({ openAs, faults }) => {
  test.setTimeout(180_000);
  const page = await openAs('developer');
  await orderNode(page, freshName('ended'));
  await reaches(page, 'Ready', up);
  await faults.happen('skypilot-end-machine', { cluster: await machineOf(page) });
  await reaches(page, 'Failed', 75_000);
  await expect(page.getByRole('alert').filter({ hasText: 'Machine is gone' })).toContainText('What to do: ');
  await openPart(page, 'Connect');
  await expect(page.getByText('There is nothing to connect to')).toBeVisible();
});

test('while SkyPilot does not answer, pages say so and go on as soon as it does', async ({ openAs, faults, complaints }) => {
  const page = await openAs('developer');
  const address = await orderNode(page, freshName('silent'));
  await reaches(page, 'Ready', up);
  await faults.set({ skypilot: { unreachable: true } });
  for (const part of ['jobs', 'logs']) {
    await page.goto(`${address}/${part}`);
    await expect(page.getByText(/does not answer/).first()).toBeVisible({ timeout: 40_000 });
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
  const address = await orderNode(page, freshName('session'));
  await reaches(page, 'Ready', up);
  await page.goto(`${address}/jobs`);
  await hydrated(page);
  await page.getByLabel('Command', { exact: true }).fill('nvidia-smi');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Submit' }).click();
  const back = page.getByRole('link', { name: /sign in and come back/i }).first();
  await expect(back).toHaveAttribute('href', `/sign-in?return_to=${encodeURIComponent(`${address}/jobs`)}`);
  await expect(page.getByLabel('Command', { exact: true }), 'what was typed stays').toHaveValue('nvidia-smi');
  complaints.length = 0;
});

test('what a viewer may not do is explained, and others see nothing at all', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const address = await orderNode(page, freshName('looked-at'));
  await reaches(page, 'Ready', up);
  const viewer = await openAs('viewer');
  await viewer.goto(`${address}/connect`);
  await expect(viewer.getByText('You may look, but not connect')).toBeVisible();
  await viewer.goto(`${address}/settings`);
  await expect(viewer.getByText('You may look, but not change anything')).toBeVisible();
  const stranger = await openAs('otherDeveloper');
  for (const path of [address, `${address}/connect`, '/admin/orphans']) {
    const answer = await stranger.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(stranger.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible();
  }
  complaints.length = 0;
});

test('an admin finds a machine that nobody ordered, and takes it down by its name', async ({ openAs, faults }) => {
  test.setTimeout(240_000);
  // What is called like the portal's own machines, and is none of them.
  const machine = `hgr-3f2a77aa-${freshName('forgotten')}`;
  await faults.happen('skypilot-make-orphan', { workspace: 'default', cluster: machine });
  const page = await openAs('admin');
  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Orphans' }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: machine })).toBeVisible();
  }).toPass({ timeout: 90_000 });
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: machine }).getByRole('link', { name: /^Take down/ }).click();
  const button = page.getByRole('button', { name: 'Take down for good' });
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${machine} to confirm`).fill(machine);
  await button.click();
  await expect(async () => {
    await page.goto('/admin/orphans');
    await expect(page.getByRole('row').filter({ hasText: machine })).toHaveCount(0);
  }).toPass({ timeout: 120_000 });
});
