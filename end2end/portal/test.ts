// `test` with a running portal: one for each worker, and pages of people who have signed in.
import { writeFile } from 'node:fs/promises';
import { BrowserContext, BrowserContextOptions, Page, test as base, expect } from '@playwright/test';
import { pageOf, storeCredential } from './administration';
import { createCluster, reaches } from './clusters';
import { Faults } from './faults';
import { Kubectl } from './kubectl';
import { createNode } from './node_use';
import { Place, alive, places, placesOf, placesOfAdministration, placesOfNodes } from './pages';
import { Role, signIn, users } from './users';
import { Portal, isOurs } from './portal';

interface Worker {
  /** The portal of this worker. */
  portal: Portal;
  /** Every page of this worker's portal, with clusters to look at. */
  everyPlace: Place[];
}

interface Fixtures {
  /** A page where this person is signed in, or nobody; each call makes a browser context of its own. */
  openAs: (role: Role | undefined, options?: BrowserContextOptions) => Promise<Page>;
  /**
   * What the browser wrote to its console as an error, and what threw: a page that does not come alive, a policy
   * that blocks a file. A test that expects some takes them out.
   */
  complaints: string[];
  /** What can go wrong behind the portal; all is well again after the test. */
  faults: Faults;
  /** The real kubectl. */
  kubectl: Kubectl;
}

export const test = base.extend<Fixtures, Worker>({
  portal: [
    async ({}, use) => {
      const portal = await Portal.start();
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  everyPlace: [
    async ({ browser, portal }, use) => {
      const context = await browser.newContext({ baseURL: portal.url });
      const page = await context.newPage();
      const faults = new Faults(portal.url);
      await signIn(page, 'developer');
      // Named like a machine of the tenant, but no node has it.
      const [tenant] = await (await page.request.get('/api/v1/tenants')).json();
      const orphan = `hgr-${tenant.id.slice(-8)}-forgotten`;
      await faults.happen('skypilot-make-orphan', { workspace: 'default', cluster: orphan });
      const broken = { workloads: { image_pull: ['vcluster-no-image'] }, skypilot: { no_capacity: ['B200'] } };
      await faults.set(broken);
      const nodes = { orphan, ...(await nodesToLookAt(page)) };
      const failed = await createCluster(page, 'no-image');
      await expect(page.getByText('Image cannot be pulled')).toBeVisible({ timeout: 45_000 });
      const ready = await createCluster(page, 'payments-ci');
      await reaches(page, 'Ready');
      await faults.set({ ...broken, skypilot: { ...broken.skypilot, launch_hangs: true } });
      const launching = await createNode(page, 'notebook');
      await context.clearCookies();
      const admin = await context.newPage();
      await signIn(admin, 'admin');
      const administration = {
        user: await pageOf(admin, users.developer),
        lastAdmin: await pageOf(admin, users.admin),
        credential: await storeCredential(admin, 'vision', 'training'),
      };
      await context.close();
      await use([...places, ...placesOf(ready, failed), ...placesOfNodes({ ...nodes, launching }), ...placesOfAdministration(administration)]);
      await faults.heal();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  baseURL: async ({ portal }, use) => use(portal.url),
  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints, 'what the browser complained of').toEqual([]);
  },
  openAs: async ({ browser, portal, complaints }, use, info) => {
    const contexts: BrowserContext[] = [];
    await use(async (role, options) => {
      const context = await browser.newContext({ ...info.project.use, baseURL: portal.url, ...options });
      contexts.push(context);
      const page = await context.newPage();
      listen(page, complaints);
      if (role) await signIn(page, role);
      return page;
    });
    if (info.status !== info.expectedStatus || complaints.length > 0) {
      await writeFile(info.outputPath('portal.log'), portal.log());
      for (const [index, page] of contexts.flatMap((context) => context.pages()).entries()) {
        await page.screenshot({ path: info.outputPath(`page-${index}.png`), fullPage: true });
      }
    }
    for (const context of contexts) await context.close();
  },
  faults: async ({ portal }, use) => {
    const faults = new Faults(portal.url);
    await use(faults);
    await faults.heal();
  },
  kubectl: async ({}, use, info) => use(new Kubectl(info.outputPath('kubectl'))),
});

/** Nodes in the states that take a while to be in. */
async function nodesToLookAt(page: Page): Promise<{ ready: string; failed: string; stopped: string }> {
  const failed = await createNode(page, 'big-run', { accelerator: 'B200', count: '8', cloud: '' });
  const stopped = await createNode(page, 'weekend');
  const steps = 'for i in $(seq 1 2000); do echo "epoch $i of 2000"; sleep 5; done';
  const ready = await createNode(page, 'trainer', { run: steps });
  await reaches(page, 'Ready');
  await page.goto(stopped);
  await reaches(page, 'Ready');
  await page.goto(`${stopped}/settings`);
  await alive(page);
  await page.getByRole('button', { name: 'Stop node' }).click();
  await reaches(page, 'Stopped');
  await page.goto(failed);
  await reaches(page, 'Failed');
  return { ready, failed, stopped };
}

function listen(page: Page, complaints: string[]) {
  const complain = (what: string) => isOurs(page.url()) && complaints.push(`${page.url()}: ${what}`);
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => {
    // A page that says "not found" has that status; the browser calls it an error, we do not.
    const about = message.location().url;
    const refused = /^Failed to load resource.* status of 4\d\d/.test(message.text());
    const itself = refused && about === page.url();
    // The answer to a form that was refused is the form again, with the status that says so.
    const form = refused && new URL(about).pathname.startsWith('/rpc/');
    // Browsers ask for this by themselves where a page names no icon.
    const icon = about.endsWith('/favicon.ico');
    if (message.type() === 'error' && !itself && !form && !icon) complain(`${message.text()} (${about})`);
  });
}

export { expect };
