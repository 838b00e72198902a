// `test` with a running portal: one for each worker, and pages of people who are signed in.
import { Page, test as base, expect } from '@playwright/test';
import { Kubectl } from './kubectl';
import { Role, signIn } from './people';
import { Portal } from './portal';

interface Worker {
  /** The portal of this worker. */
  portal: Portal;
}

interface Fixtures {
  /** A page where this person is signed in; each call makes a browser context of its own. */
  signedIn: (role: Role) => Promise<Page>;
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
  baseURL: async ({ portal }, use) => use(portal.url),
  signedIn: async ({ browser, portal }, use, info) => {
    const contexts: Awaited<ReturnType<typeof browser.newContext>>[] = [];
    await use(async (role) => {
      const context = await browser.newContext({ ...info.project.use, baseURL: portal.url });
      contexts.push(context);
      const page = await context.newPage();
      await signIn(page, role);
      return page;
    });
    if (info.status !== info.expectedStatus) {
      await info.attach('what the portal said', { body: portal.log(), contentType: 'text/plain' });
      for (const [index, context] of contexts.entries()) {
        for (const page of context.pages()) {
          await info.attach(`page of context ${index}`, { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' });
        }
      }
    }
    for (const context of contexts) await context.close();
  },
  kubectl: async ({}, use, info) => use(new Kubectl(info.outputPath('kubectl'))),
});

export { expect };
