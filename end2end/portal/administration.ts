// What admins do with people, tenants and credentials, as they do it.
import { Page, expect } from '@playwright/test';
import { hydrated } from './pages';

/** The address of somebody's page. */
export async function pageOf(page: Page, person: string): Promise<string> {
  await page.goto('/admin/users');
  const link = page.getByRole('cell').getByRole('link', { name: person, exact: true });
  return (await link.getAttribute('href')) ?? '';
}

/** Creates a tenant with environments; returns its short name. */
export async function createTenant(page: Page, name: string, environments: string[]): Promise<string> {
  await page.goto('/admin/tenants');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  const slug = await page.getByLabel('Short name').inputValue();
  await page.getByRole('button', { name: 'Create tenant' }).click();
  await expect(page).toHaveURL(new RegExp(`/tenants/${slug}/environments$`));
  for (const environment of environments) {
    await page.getByLabel('Name', { exact: true }).fill(environment);
    await page.getByRole('button', { name: 'Create environment' }).click();
    await expect(page.getByRole('heading', { level: 2, name: environment, exact: true })).toBeVisible();
  }
  return slug;
}

/** Makes somebody who has signed in before a member of a tenant. */
export async function addMember(page: Page, tenant: string, email: string, role: string): Promise<void> {
  await page.goto(`/tenants/${tenant}`);
  await hydrated(page);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption(role);
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByText('They are a member now')).toBeVisible();
}

/** The id of a key as AWS's documentation has it, and the account that it is of. */
export const key = { id: 'AKIAIOSFODNN7EXAMPLE', account: '581039954779' };

/** Stores keys of AWS; returns the address of the credential's page. */
export async function storeCredential(page: Page, tenant: string, name: string): Promise<string> {
  await page.goto(`/tenants/${tenant}/credentials`);
  await hydrated(page);
  await page.getByRole('link', { name: 'Store a credential' }).click();
  await page.getByRole('link', { name: /^AWS/ }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Access key id').fill(key.id);
  await page.getByLabel('Secret access key').fill('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');
  await page.getByRole('button', { name: 'Encrypt and store' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** What a tenant's entries in the audit log say, newest first, as an admin of the platform finds them. */
export async function auditOf(page: Page, tenant: string): Promise<string[]> {
  await page.goto('/admin/audit');
  await hydrated(page);
  await page.getByLabel('Tenant', { exact: true }).selectOption(tenant);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(new RegExp(`tenant=${tenant}`));
  return page.getByRole('table').getByRole('row').allInnerTexts();
}
