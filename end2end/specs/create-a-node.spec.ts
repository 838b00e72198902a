// Finding a GPU, seeing what it costs, and creating a node with it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freshName, reaches } from '../portal/clusters';
import { NodeForm, dollars } from '../portal/node_form';
import { alive } from '../portal/pages';
import { throughTheSandbox } from '../portal/users';
import { expect, test } from '../portal/test';

test('a developer finds the cheapest H100 and creates a node with it', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('trainer');
  await page.goto('/nodes');
  await page.getByRole('link', { name: 'Catalogue', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Catalogue' })).toBeVisible();
  await alive(page);
  await expect(page.getByText(/Prices updated/)).toBeVisible();
  await page.getByLabel('Accelerator', { exact: true }).selectOption('H100');
  await expect(page).toHaveURL(/accelerator=H100/);
  const prices = page.getByRole('link', { name: /^On demand: launch H100 / });
  await expect(prices.first()).toBeVisible();
  const all = (await prices.allInnerTexts()).map(dollars);
  expect(all[0]).toBe(Math.min(...all));

  await prices.first().click();
  const form = new NodeForm(page);
  await expect(form.chosen('Accelerator', /^H100 /)).toBeAttached();
  await expect(form.price).toHaveText(`$${all[0]?.toFixed(2)}/h`);
  await form.name.fill(name);
  await expect(form.task).toContainText(`name: ${name}`);
  await expect(form.task).toContainText('accelerators: H100:1');
  await form.send(name);
  await reaches(page, 'Ready');
});

test('the price follows what is chosen, and nothing reloads', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  await form.open('?accelerator=H100&count=1');
  await page.evaluate(() => document.documentElement.setAttribute('data-same', ''));
  await expect(form.price).toContainText('$');
  const shown = await form.price.innerText();
  const onDemand = dollars(shown);
  await form.choose('Price model', /^Spot/);
  await expect(form.price).not.toHaveText(shown);
  const spot = dollars(await form.price.innerText());
  expect(spot).toBeLessThan(onDemand);
  await page.getByLabel('Lifetime', { exact: true }).selectOption({ label: '4 hours' });
  const whole = page.getByText(/^\$[\d.]+ for 4 hours$/);
  await expect(whole).toBeVisible();
  // Each is rounded to cents by itself.
  expect(Math.abs(dollars(await whole.innerText()) - spot * 4)).toBeLessThan(0.03);
  await expect(page.getByRole('list', { name: 'Cheapest offers' }).getByRole('listitem')).toHaveCount(3);
  await expect(page.locator('html[data-same]')).toBeAttached();
});

test('stopping is refused where the cloud cannot stop machines', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  await form.open('?accelerator=H100&count=1&cloud=aws');
  await form.choose('Action when idle', /^Stop/);
  await page.getByLabel('Location', { exact: true }).selectOption('lambda');
  await expect(form.error('idle-action')).toBeVisible();
  await form.choose('Action when idle', /^Delete/);
  await expect(form.message('idle-action')).toBeEmpty();
});

test('an accelerator without a card is found by its name', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  await form.open('?accelerator=H100&count=2');
  await form.choose('Accelerator', /^Other/);
  await page.getByLabel('Accelerator name').fill('mi300x');
  await expect(form.price).toContainText('$');
  // No machine has two of them.
  await expect(form.chosen('Number of accelerators', '1')).toBeAttached();
  await expect(form.group('Number of accelerators').getByRole('radio')).toHaveCount(2);
});

test('a node is created without JavaScript, after a look at the price', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const form = new NodeForm(page);
  const name = freshName('plain');
  await page.goto('/nodes/new');
  await form.name.fill(name);
  await form.choose('Accelerator', /^L4 /);
  await page.getByLabel('Setup commands').fill('pip install torch\necho "<done> & more"');
  await page.getByRole('button', { name: 'Update this summary' }).click();
  await expect(form.price).toContainText('$');
  await expect(page.getByLabel('Setup commands')).toHaveValue('pip install torch\necho "<done> & more"');
  await expect(form.task).toContainText('accelerators: L4:1');
  await form.send(name);
});

test('what was typed and chosen before the script ran counts', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route('**/pkg/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/nodes/new', { waitUntil: 'commit' });
  await form.choose('Accelerator', /^H100 /);
  await form.choose('Price model', /^Spot/);
  await page.getByLabel('Run commands').fill('echo early');
  letGo();
  await alive(page);
  await form.name.fill('early');
  for (const line of ['name: early', 'accelerators: H100:1', 'use_spot: true', 'echo early']) {
    await expect(form.task).toContainText(line);
  }
  await expect(form.name).toHaveValue('early');
  await expect(page.getByLabel('Run commands')).toHaveValue('echo early');
});

test('an own task is launched as it is pasted', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('task');
  await form.open();
  await form.name.fill(name);
  await form.choose('Node type', /^Custom YAML/);
  await expect(page.getByLabel('Setup commands')).toBeHidden();
  await page.getByLabel('SkyPilot task', { exact: true }).fill('resources:\n  accelerators: L4:1\nrun: |\n  nvidia-smi\n');
  await expect(form.task).toContainText('nvidia-smi');
  await expect(form.price).toContainText('$');
  await form.send(name);
});

test('what was typed before a session ended is there after signing in, commands and all', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('interrupted');
  await form.open('?accelerator=L4&count=1');
  await page.getByLabel('Run commands').fill('python train.py\necho done');
  await page.context().clearCookies();
  await form.name.fill(name);
  await form.create.click();
  await page.locator('[data-notice="signed-out-notice"]').getByRole('link').click();
  await throughTheSandbox(page, 'developer');
  await alive(page);
  await expect(form.name).toHaveValue(name);
  await expect(page.getByLabel('Run commands')).toHaveValue('python train.py\necho done');
  await expect(form.chosen('Accelerator', /^L4 /)).toBeAttached();
  await form.send(name);
});

test('the copied request creates a node over REST', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('curl');
  await form.open('?accelerator=L4&count=1');
  await form.name.fill(name);
  await page.getByText('Copy as curl').click();
  const request = page.getByRole('group', { name: 'Request' }).locator('code');
  await expect(request).toContainText(name);
  const command = await request.innerText();
  await page.goto('/account');
  await alive(page);
  await page.getByLabel('Name', { exact: true }).fill('for curl');
  await page.getByRole('button', { name: 'Create token' }).click();
  const token = await page.getByRole('group', { name: 'Token' }).locator('code').innerText();
  const { stdout } = await promisify(execFile)('bash', ['-c', command], {
    env: { PATH: process.env.PATH, HANGAR_TOKEN: token },
  });
  expect(stdout).toContain(name);
  await page.goto(`/nodes?search=${name}`);
  await expect(page.getByRole('link', { name })).toBeVisible();
});
