// Finding a GPU, seeing what it costs, and ordering it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freshName, reaches } from '../portal/clusters';
import { NodeForm, dollars } from '../portal/nodes';
import { hydrated } from '../portal/pages';
import { throughTheSandbox } from '../portal/people';
import { expect, test } from '../portal/test';

test('a developer finds the cheapest H100, orders it and lands on its page', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('trainer');
  await page.goto('/nodes');
  await page.getByRole('link', { name: 'Catalogue', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Catalogue' })).toBeVisible();
  await hydrated(page);
  await expect(page.getByText(/Prices read/)).toBeVisible();
  await page.getByLabel('Accelerator', { exact: true }).selectOption('H100');
  await expect(page).toHaveURL(/accelerator=H100/);
  const prices = page.getByRole('link', { name: /^On demand: order H100 / });
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
  const onDemand = dollars(await form.price.innerText());
  await form.choose('On demand or spot', /^Spot/);
  await expect(form.price).not.toHaveText(`$${onDemand.toFixed(2)}/h`);
  const spot = dollars(await form.price.innerText());
  expect(spot).toBeLessThan(onDemand);
  await page.getByLabel('Ends after').selectOption({ label: '4 hours' });
  await expect(page.getByText(`$${(spot * 4).toFixed(2)} for 4 hours`)).toBeVisible();
  await expect(page.getByRole('list', { name: 'Cheapest places' }).getByRole('listitem')).toHaveCount(3);
  await expect(page.locator('html[data-same]')).toBeAttached();
});

test('a cloud whose machines cannot stop says so where stopping would be chosen', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  await form.open('?accelerator=H100&count=1&cloud=aws');
  await form.choose('What happens then', /^It stops/);
  await page.getByLabel('Where').selectOption('lambda');
  await expect(page.getByRole('radio', { name: /^It stops.*cannot be stopped/ })).toBeDisabled();
  await expect(form.chosen('What happens then', /^It is taken down/)).toBeAttached();
});

test('an accelerator without a card is found by its name', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  await form.open('?accelerator=H100&count=2');
  await form.choose('Accelerator', /^Another/);
  await page.getByLabel('Its name', { exact: true }).fill('mi300x');
  await expect(form.price).toContainText('$');
  // Nobody has two of them.
  await expect(form.chosen('How many', '1')).toBeAttached();
  await expect(page.getByRole('group', { name: 'How many' }).getByRole('radio')).toHaveCount(2);
});

test('a node is ordered without JavaScript, with the price before', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const form = new NodeForm(page);
  const name = freshName('plain');
  await page.goto('/nodes/new');
  await form.name.fill(name);
  await form.choose('Accelerator', /^L4 /);
  await page.getByLabel('Set-up commands').fill('pip install torch\necho "<done> & more"');
  await page.getByRole('button', { name: 'Check price' }).click();
  await expect(form.price).toContainText('$');
  await expect(page.getByLabel('Set-up commands')).toHaveValue('pip install torch\necho "<done> & more"');
  await expect(form.task).toContainText('accelerators: L4:1');
  await form.send(name);
});

test('what was typed and chosen before the page came alive counts', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  let letGo = () => {};
  const held = new Promise<void>((done) => (letGo = done));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/nodes/new', { waitUntil: 'domcontentloaded' });
  await form.name.fill('early');
  await form.choose('Accelerator', /^H100 /);
  await form.choose('On demand or spot', /^Spot/);
  await page.getByLabel('Commands to run').fill('echo early');
  letGo();
  await hydrated(page);
  for (const line of ['name: early', 'accelerators: H100:1', 'use_spot: true', 'echo early']) {
    await expect(form.task).toContainText(line);
  }
  await expect(form.name).toHaveValue('early');
  await expect(page.getByLabel('Commands to run')).toHaveValue('echo early');
});

test('a task of one’s own is ordered as it is pasted', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('task');
  await form.open();
  await form.name.fill(name);
  await form.choose('What to launch', /^Own task/);
  await expect(page.getByLabel('Set-up commands')).toBeHidden();
  await page.getByLabel('SkyPilot task', { exact: true }).fill('resources:\n  accelerators: L4:1\nrun: |\n  nvidia-smi\n');
  await expect(form.task).toContainText('nvidia-smi');
  await expect(form.price).toContainText('$');
  await form.send(name);
});

test('what was typed before a session ended is there after signing in, commands and all', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('interrupted');
  await form.open('?accelerator=L4&count=1');
  await page.getByLabel('Commands to run').fill('python train.py\necho done');
  await page.context().clearCookies();
  await form.name.fill(name);
  await page.getByRole('link', { name: /sign in and come back/i }).click();
  await throughTheSandbox(page, 'developer');
  await hydrated(page);
  await expect(form.name).toHaveValue(name);
  await expect(page.getByLabel('Commands to run')).toHaveValue('python train.py\necho done');
  await expect(form.chosen('Accelerator', /^L4 /)).toBeAttached();
  // The browser reports the refusal of what was asked without a session.
  complaints.length = 0;
  await form.send(name);
});

test('the request to copy orders a node over REST', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('curl');
  await form.open('?accelerator=L4&count=1');
  await form.name.fill(name);
  await page.getByText('Copy as curl').click();
  const command = await page.getByRole('group', { name: 'Request' }).locator('code').innerText();
  await page.goto('/account');
  await hydrated(page);
  await page.getByLabel('What it is for').fill('for curl');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.getByRole('group', { name: 'Token' }).locator('code').innerText();
  const { stdout } = await promisify(execFile)('bash', ['-c', command], {
    env: { PATH: process.env.PATH, HANGAR_TOKEN: token },
  });
  expect(stdout).toContain(name);
  await page.goto(`/nodes?search=${name}`);
  await expect(page.getByRole('link', { name })).toBeVisible();
});
