// A cluster is paused and resumed, on its pages and on the host cluster.
import { join } from 'node:path';
import { createCluster, freshName, reaches } from '../portal/clusters';
import { visit } from '../portal/pages';
import { expect, test } from '../portal/test';

test('a cluster is paused, costs less, and is resumed with what is in it', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const name = freshName('pause');
  const address = await createCluster(page, name);
  await reaches(page, 'Ready');
  await visit(page, `${address}/settings`);
  await page.getByLabel('Pause at').fill('19:00');
  await page.getByLabel('Time zone').fill('Mars/Olympus');
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.locator('[aria-invalid="true"]')).toHaveAttribute('name', 'input[time_zone]');
  await expect(page.getByLabel('Pause at')).toHaveValue('19:00');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.getByText(/Next: paused on \w+, .* at 19:00 \(Europe\/Berlin\)/)).toBeVisible();
  await page.getByRole('button', { name: 'Pause cluster' }).click();
  await expect(page).toHaveURL(address);
  await reaches(page, 'Paused');
  const notice = page.locator('[data-power="paused"]');
  await expect(notice).toContainText(/Paused .* by \S+/);
  await page.goto('/clusters?state=paused');
  await expect(page.getByRole('link', { name })).toBeVisible();

  await page.goto(address);
  await notice.getByRole('button', { name: 'Resume cluster' }).click();
  await reaches(page, 'Ready');
  await expect(notice).toHaveCount(0);
  await visit(page, `${address}/connect`);
  await expect(page.getByRole('button', { name: /^Download/ })).toBeVisible();
  await visit(page, '/usage?by=resource');
  await expect(page.getByRole('row', { name })).toBeVisible();
  complaints.splice(0, complaints.length, ...complaints.filter((what) => !/ 422 .*schedule/.test(what)));
});

test('what is paused and resumed on the host cluster is so in the portal', async ({ openAs, portal, kubectl }) => {
  const page = await openAs('developer');
  const name = freshName('host-pause');
  await createCluster(page, name);
  await reaches(page, 'Ready');
  const host = join(portal.dataDirectory, 'sandbox/host-kubeconfig.yaml');
  // As `vcluster pause` and `vcluster resume` change the StatefulSet.
  const patch = (change: object) =>
    kubectl.run(host, '--namespace', `vcluster-${name}`, 'patch', 'statefulset', name, '--patch', JSON.stringify(change));
  const annotations = (value: string | null) => ({ 'loft.sh/paused': value && 'true', 'loft.sh/paused-replicas': value });
  await patch({ metadata: { annotations: annotations('1') }, spec: { replicas: 0 } });
  await reaches(page, 'Paused');
  await expect(page.locator('[data-power="paused"]')).toContainText('on the host cluster');
  await patch({ metadata: { annotations: annotations(null) }, spec: { replicas: 1 } });
  await reaches(page, 'Ready');
  await expect(page.locator('[data-drift="found"]')).toHaveCount(0);
});
