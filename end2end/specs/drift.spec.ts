// What others change on the host cluster with kubectl: the portal puts isolation right by itself, and the rest on request.
import { join } from 'node:path';
import { createCluster, freshName, reaches } from '../portal/clusters';
import { visit } from '../portal/pages';
import { expect, test } from '../portal/test';

test('changes on the host are put right, shown and audited', async ({ openAs, portal, kubectl }) => {
  const page = await openAs('developer');
  const name = freshName('drift');
  await createCluster(page, name);
  await reaches(page, 'Ready');
  const host = join(portal.dataDirectory, 'sandbox/host-kubeconfig.yaml');
  const onHost = (...args: string[]) => kubectl.run(host, '--namespace', `vcluster-${name}`, ...args);

  // Isolation: at once, without a click.
  await onHost('delete', 'resourcequota', `vc-${name}`);
  const restored = page.locator('[data-drift="restored"]');
  await expect(restored).toContainText(`ResourceQuota/vc-${name}`);
  expect(await onHost('get', 'resourcequota', '--output', 'name')).toContain(`vc-${name}`);
  await expect(page.locator('[data-drift="found"]')).toHaveCount(0);

  // A changed image may be somebody's work on a problem: shown, and put right on request.
  const image = ['get', 'statefulset', name, '--output', 'jsonpath={.spec.template.spec.containers[0].image}'];
  const before = await onHost(...image);
  await onHost('set', 'image', `statefulset/${name}`, 'syncer=registry.example.com/syncer:1');
  await expect(page.locator('[data-drift="found"]')).toContainText(`StatefulSet/${name}`);
  await page.getByRole('button', { name: 'Restore cluster' }).click();
  await expect(restored).toContainText(`StatefulSet/${name}`);
  await expect(page.locator('[data-drift="found"]')).toHaveCount(0);
  expect(await onHost(...image)).toBe(before);
  await expect(page.getByRole('heading', { name: 'Restored' })).toBeVisible();
  await reaches(page, 'Ready');

  // Scaled to 0 by hand: named as such, and resumed on request.
  await onHost('scale', 'statefulset', name, '--replicas=0');
  await expect(page.getByRole('button', { name: 'Restore cluster' })).toBeVisible();
  await page.getByRole('button', { name: 'Restore cluster' }).click();
  await reaches(page, 'Ready');
  expect(await onHost('get', 'statefulset', name, '--output', 'jsonpath={.spec.replicas}')).toBe('1');

  await visit(page, `/tenants/vision/audit?search=${name}`);
  for (const object of [`ResourceQuota/vc-${name}`, `StatefulSet/${name}`]) {
    await expect(page.getByRole('main')).toContainText(object);
  }
});
