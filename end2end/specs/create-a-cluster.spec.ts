// The main job: from the form to kubectl, and back to nothing.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { downloadKubeconfig, freshName, createCluster, reaches } from '../portal/clusters';
import { alive } from '../portal/pages';
import { expect, test } from '../portal/test';

test('a developer creates a cluster, watches it start and uses it with kubectl', async ({ openAs, kubectl }, info) => {
  const page = await openAs('developer');
  const name = freshName('shop');
  const address = await createCluster(page, name);
  // Nothing is reloaded: what follows arrives by itself.
  await reaches(page, 'Provisioning');
  await reaches(page, 'Ready');

  const kubeconfig = await downloadKubeconfig(page, address, info.outputDir);
  expect(await kubectl.run(kubeconfig, 'get', 'namespaces')).toContain('kube-system');
  const objects = [
    { kind: 'Namespace', metadata: { name: 'orders' } },
    { kind: 'ConfigMap', metadata: { name: 'greeting', namespace: 'orders' }, data: { word: 'hello' } },
  ];
  for (const object of objects) {
    const file = info.outputPath(`${object.metadata.name}.json`);
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', ...object }));
    await kubectl.run(kubeconfig, 'apply', '-f', file);
  }
  expect(await kubectl.run(kubeconfig, '-n', 'orders', 'get', 'configmap', 'greeting', '-o', 'jsonpath={.data.word}')).toBe('hello');
  // A fresh cluster shows the node of its own system pods, or none; either way it answers.
  await kubectl.run(kubeconfig, 'get', 'nodes');
  expect(await kubectl.run(kubeconfig, 'config', 'current-context')).toContain(name);
});

test('each provisioning step is on the page with its time', async ({ openAs }) => {
  const page = await openAs('developer');
  await createCluster(page, freshName('steps'));
  await reaches(page, 'Ready');
  const steps = page.getByRole('main').getByRole('listitem').filter({ hasText: ', done' });
  await expect(steps).toHaveText([
    /Accepted.* (s|ms)$/,
    /Namespace created/,
    /Objects applied/,
    /Pod scheduled/,
    /Images pulled/,
    /API responding/,
    /Kubeconfig ready/,
  ]);
});

test('a change elsewhere arrives on an open page within a second', async ({ openAs }) => {
  const watching = await openAs('developer');
  await watching.goto('/clusters');
  const page = await openAs('developer');
  const name = freshName('seen');
  await createCluster(page, name);
  await expect(watching.getByRole('link', { name })).toBeVisible({ timeout: 2_000 });
});

test('deleting takes the name, lists what is removed, and leaves nothing', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const name = freshName('gone');
  const address = await createCluster(page, name);
  await reaches(page, 'Ready');
  await page.goto(`${address}/settings`);
  const region = page.getByRole('region', { name: 'Delete this cluster' });
  await expect(region.getByRole('listitem').filter({ hasText: 'StatefulSet' })).toBeVisible();
  const button = page.getByRole('button', { name: 'Delete cluster' });
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${name} to confirm`).fill('something-else');
  await expect(button).toBeDisabled();
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await button.click();
  await expect(page.locator('[data-problem="gone"]')).toBeVisible({ timeout: 45_000 });
  // The browser reports the status that says so.
  complaints.splice(0, complaints.length, ...complaints.filter((what) => !/ (404|410) /.test(what)));
  await page.goto('/clusters');
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('the request to copy creates a cluster over REST', async ({ openAs, portal }) => {
  const page = await openAs('developer');
  const name = freshName('curl');
  await page.goto('/clusters/new');
  await alive(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
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
  await page.goto('/clusters');
  await expect(page.getByRole('link', { name })).toBeVisible();
  expect(command).toContain(portal.url);
});
