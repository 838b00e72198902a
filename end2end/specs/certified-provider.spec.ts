// Signing in at a provider that is not ours, beside the sandbox's: certified by the OpenID Foundation.
import { Page } from '@playwright/test';
import { CertifiedProvider, client } from '../portal/certified_provider';
import { Portal, freePort } from '../portal/portal';
import { expect, test as base } from '../portal/test';

const test = base.extend<{ certified: { portal: Portal; provider: CertifiedProvider } }>({
  certified: async ({}, use) => {
    const port = await freePort();
    const provider = await CertifiedProvider.start(`http://127.0.0.1:${port}`, 'certified');
    const portal = await Portal.start(
      `
       [sign_in.providers.certified]
       title = "Certified"
       issuer = "${provider.issuer}"
       client_id = "${client.id}"
       client_secret = "${client.secret}"
       scopes = ["openid", "email", "profile", "groups"]
       [[sign_in.rules]]
       provider = "certified"
       group = "vision-developers"
       tenant = "vision"
       role = "developer"`,
      port,
    );
    await use({ portal, provider });
    await portal.stop();
    await provider.stop();
  },
  // Named first, so that this portal outlives the pages: an open page complains of a portal that is gone.
  openAs: async ({ certified: _outlived, openAs }, use) => use(openAs),
});

async function throughTheProvider(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Continue with Certified' }).click();
  await page.getByPlaceholder(/login/i).fill(name);
  await page.getByPlaceholder(/password/i).fill('any');
  await page.getByRole('button', { name: /sign-in/i }).click();
  await page.getByRole('button', { name: /continue/i }).click();
}

test('claims of a certified provider give a tenant, and signing out ends its session too', async ({ openAs, certified }) => {
  const page = await openAs(undefined);
  await page.goto(`${certified.portal.url}/clusters/new`);
  await throughTheProvider(page, 'joan');
  await expect(page).toHaveURL(`${certified.portal.url}/clusters/new`);
  await expect(page.getByLabel('Tenant and environment')).toContainText('Vision');
  await page.locator('summary').filter({ hasText: 'joan', visible: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  // The provider asks whether it is meant.
  await page.getByRole('button', { name: /yes/i }).click();
  await expect(page.getByRole('link', { name: 'Continue with Certified' })).toBeVisible();
  await page.getByRole('link', { name: 'Continue with Certified' }).click();
  await expect(page.getByPlaceholder(/login/i)).toBeVisible();
});

test('a provider that is down gives a page that says so, and signing in works once it is back', async ({ openAs, certified }) => {
  const page = await openAs(undefined);
  await certified.provider.goDown();
  await page.goto(`${certified.portal.url}/sign-in`);
  await page.getByRole('link', { name: 'Continue with Certified' }).click();
  await expect(page.locator('[data-error="provider_unreachable"]')).toBeVisible();
  await certified.provider.comeBack();
  await throughTheProvider(page, 'joan');
  await expect(page.getByRole('note')).toContainText('Sandbox');
});
