// A node's life: from the order to the last line of a log, and down again.
import { readFile } from 'node:fs/promises';
import { Page } from '@playwright/test';
import { freshName, reaches } from '../portal/clusters';
import { downloadBy, fact, logReaches, openPart, createNode, ssh, unavailable } from '../portal/node_use';
import { alive } from '../portal/pages';
import { expect, test } from '../portal/test';

const up = 60_000;
const log = (page: Page) => page.getByRole('log', { name: 'Log' });

test('a developer watches a node come up, step by step and line by line', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('watch');
  await createNode(page, name, { run: 'echo hello from the job' });
  // Nothing is reloaded: what follows arrives by itself.
  await reaches(page, 'Provisioning');
  await openPart(page, 'Logs');
  // It may be up before the page is open; that a log is followed live is seen with jobs.
  await expect(log(page)).toContainText(/launch|provision/i, { timeout: up });
  await reaches(page, 'Ready', up);
  await logReaches(page, 'ended', up);
  await openPart(page, 'Overview');
  const steps = page.getByRole('main').getByRole('listitem').filter({ hasText: ', done' });
  await expect(steps).toHaveText([
    /Accepted.* (s|ms)$/,
    /Workspace ready/,
    /Requested from SkyPilot/,
    /Machine found/,
    /Runtime ready/,
    /Setup finished/,
    /Reachable by SSH/,
  ]);
  expect(await fact(page, 'Location')).toContain('AWS');
  expect(await fact(page, 'Price')).toMatch(/^\$\d+\.\d\d\/h$/);
});

test('key and configuration are downloaded, and ssh with them works', async ({ openAs }, info) => {
  const page = await openAs('developer');
  const name = freshName('ssh');
  await createNode(page, name);
  await openPart(page, 'Connect');
  // Key and address appear as soon as there are any.
  await expect(page.getByRole('button', { name: 'Download key' })).toBeVisible({ timeout: up });
  const key = await downloadBy(page, 'Download key', info.outputDir);
  expect(key).toMatch(new RegExp(`/${name}\\.pem$`));
  expect(await readFile(key, 'utf8')).toContain('PRIVATE KEY');
  const config = await downloadBy(page, 'Download configuration', info.outputDir);
  expect(await readFile(config, 'utf8')).toContain(`Host ${name}`);

  await page.getByRole('button', { name: 'Show configuration' }).click();
  const block = page.getByRole('group', { name: 'Block for ~/.ssh/config' });
  await expect(block).toContainText(`IdentityFile ~/.ssh/${name}.pem`);
  const code = page.getByRole('link', { name: 'open the node in VS Code' });
  await expect(code).toHaveAttribute('href', new RegExp(`^vscode://vscode-remote/ssh-remote\\+${name}/home/\\w+$`));
  expect(await page.content(), 'the key never becomes part of the page').not.toContain('PRIVATE KEY');

  expect(await ssh(info.outputDir, config, key, name, 'nvidia-smi')).toContain('L4');
});

test('a command is submitted, watched to its end and read; another is cancelled', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const address = await createNode(page, freshName('jobs'));
  await reaches(page, 'Ready', up);
  await openPart(page, 'Jobs');
  const submit = async (name: string, command: string) => {
    await page.getByRole('textbox', { name: 'Command', exact: true }).fill(command);
    await page.getByLabel('Name (optional)').fill(name);
    await page.getByRole('button', { name: 'Submit job' }).click();
    await expect(page.getByRole('textbox', { name: 'Command', exact: true }), 'the next one begins with nothing').toHaveValue('', {
      timeout: 30_000,
    });
  };
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await submit('count', 'for i in 1 2 3; do echo step $i; sleep 1; done');
  await expect(row('count')).toContainText('Succeeded', { timeout: up });
  await submit('endless', 'sleep 3000');
  await expect(row('endless')).toContainText('Running', { timeout: up });
  await row('endless').getByText('Cancel', { exact: false }).first().click();
  await row('endless').getByRole('button', { name: /^Cancel job/ }).click();
  await expect(row('endless')).toContainText('Cancelled', { timeout: up });

  await row('count').getByRole('link', { name: /^Log/ }).click();
  await expect(log(page)).toContainText('step 3');
  await logReaches(page, 'ended');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toContain('step 1');
  expect(text).toContain('step 3');

  await page.goto(`${address}/jobs`);
  await alive(page);
  await page.getByLabel('Name (optional)').fill('Not A Name');
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('true');
  await page.getByRole('button', { name: 'Submit job' }).click();
  await expect(page.locator('#name-message')).not.toBeEmpty();
  await expect(page.getByRole('textbox', { name: 'Command', exact: true }), 'what was typed stays').toHaveValue('true');
  // The browser reports the form that was rejected on purpose.
  complaints.splice(0, complaints.length, ...complaints.filter((what) => !/ 422 .*submit-node-job/.test(what)));
});

test('who scrolls up in a log is left alone until they jump to its end', async ({ openAs }) => {
  const page = await openAs('developer');
  const lines = 'for i in $(seq 1 400); do echo line $i; done; for i in $(seq 1 60); do sleep 1; echo tick $i; done';
  const address = await createNode(page, freshName('scroll'), { run: lines });
  await reaches(page, 'Ready', up);
  await page.goto(`${address}/logs?job=1`);
  await alive(page);
  await expect(log(page)).toContainText('line 400', { timeout: 30_000 });
  const position = () => log(page).evaluate((box) => ({ top: box.scrollTop, left: box.scrollHeight - box.clientHeight - box.scrollTop }));
  await expect.poll(async () => (await position()).left, 'it follows').toBeLessThan(16);
  await expect(page.getByRole('button', { name: 'Jump to end' })).toBeHidden();
  await log(page).evaluate((box) => box.scrollTo(0, 200));
  const jump = page.getByRole('button', { name: 'Jump to end' });
  await expect(jump).toBeVisible();
  const ticks = (await log(page).innerText()).match(/tick \d+/g)?.length ?? 0;
  await expect.poll(async () => (await log(page).innerText()).match(/tick \d+/g)?.length ?? 0).toBeGreaterThan(ticks);
  expect((await position()).top, 'new lines move nothing').toBe(200);
  await jump.click();
  await expect.poll(async () => (await position()).left).toBeLessThan(16);
  await expect(jump).toBeHidden();
});

test('a log whose connection breaks off goes on where it was', async ({ openAs }) => {
  const page = await openAs('developer');
  const address = await createNode(page, freshName('cut'), { run: 'for i in $(seq 1 25); do sleep 1; echo tick $i.; done' });
  await reaches(page, 'Ready', up);
  await expect(async () => {
    const written = await page.request.get(`${address}/logs/jobs/1`);
    expect(await written.text()).toContain('tick 2.');
  }).toPass({ timeout: 30_000 });
  const written = (await (await page.request.get(`${address}/logs/jobs/1`)).text()).split('\n');
  const known = written.slice(0, written.findIndex((line) => line.endsWith('tick 2.')) + 1);
  // The first stream ends after some lines, as if a proxy had cut it.
  const first = `retry: 200\nid: ${known.length}\ndata: ${JSON.stringify(known.map((line) => `${line}\n`).join(''))}\n\n`;
  const stream = `**${address}/logs/jobs/1/stream`;
  await page.route(stream, (route) => route.fulfill({ contentType: 'text/event-stream', body: first }), { times: 1 });
  await page.goto(`${address}/logs?job=1`);
  await expect(log(page)).toContainText('tick 9.', { timeout: 30_000 });
  const text = await log(page).innerText();
  for (const tick of ['tick 1.', 'tick 2.', 'tick 3.', 'tick 9.']) {
    expect(text.split(tick).length - 1, `${tick} is there once`).toBe(1);
  }
});

test('a node is stopped, started and deleted, and each says what it costs', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const name = freshName('life');
  const address = await createNode(page, name);
  await reaches(page, 'Ready', up);
  await openPart(page, 'Settings');
  await expect(page.getByText(/^Saves \$\d+\.\d\d an hour/)).toBeVisible();
  await page.getByRole('button', { name: 'Stop node' }).click();
  await reaches(page, 'Stopped', up);
  await page.goto(address);
  await expect(page.getByText('still charges for its disk')).toBeVisible();
  await openPart(page, 'Connect');
  await expect(unavailable(page, 'stopped')).toBeVisible();
  await page.getByRole('link', { name: 'Start the node on the Settings tab' }).click();
  await page.getByRole('button', { name: 'Start node' }).click();
  await reaches(page, 'Ready', up);

  await page.goto(`${address}/settings`);
  await alive(page);
  await page.getByLabel('Idle timeout in minutes').fill('25');
  await page.getByLabel('Action', { exact: true }).selectOption('stop');
  await page.getByRole('button', { name: 'Save rule' }).click();
  await expect(page.getByText('This node stops after 25 idle minutes.')).toBeVisible();
  await page.getByLabel('Idle timeout in minutes').fill('-3');
  await page.getByRole('button', { name: 'Save rule' }).click();
  await expect(page.locator('#idle-minutes-message [data-state="error"]')).toBeVisible();

  const danger = page.getByRole('region', { name: 'Delete this node' });
  await expect(danger.getByRole('listitem').filter({ hasText: 'Its disk' })).toBeVisible();
  const button = page.getByRole('button', { name: 'Delete node' });
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${name} to confirm`).fill('something-else');
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await button.click();
  await expect(page.locator('[data-problem="gone"]')).toBeVisible({ timeout: up });
  // The browser reports the form that was rejected on purpose, and that the node is gone.
  complaints.splice(0, complaints.length, ...complaints.filter((what) => !/ (404|410|422) .*(nodes|autostop)/.test(what)));
  await page.goto('/nodes');
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('a change elsewhere arrives in an open list within a second', async ({ openAs }) => {
  const watching = await openAs('developer');
  await watching.goto('/nodes');
  await alive(watching);
  const page = await openAs('developer');
  const name = freshName('seen');
  await createNode(page, name);
  await expect(watching.getByRole('link', { name })).toBeVisible({ timeout: 2_000 });
});

test('a node is used without JavaScript', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const name = freshName('plain');
  await page.goto('/nodes/new?accelerator=L4&cloud=aws');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create node' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const address = new URL(page.url()).pathname;
  // The page reloads by itself.
  await expect(page.getByText('State: Ready')).toBeAttached({ timeout: up });
  await page.goto(`${address}/jobs`);
  await page.getByRole('textbox', { name: 'Command', exact: true }).fill('echo done by a plain form');
  await page.getByRole('button', { name: 'Submit job' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'job 1' })).toBeVisible();
  await expect(async () => {
    await page.goto(`${address}/logs?job=1`);
    await expect(log(page)).toContainText('done by a plain form');
  }).toPass({ timeout: 30_000 });
  await page.goto(`${address}/settings`);
  await page.getByRole('button', { name: 'Stop node' }).click();
  await expect(page.getByText('State: Stopped')).toBeAttached({ timeout: up });
  await page.goto(`${address}/settings`);
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole('button', { name: 'Delete node' }).click();
  await expect(page.locator('[data-problem="gone"]')).toBeVisible({ timeout: up });
});
