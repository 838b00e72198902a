// What admins do with users, tenants and credentials, as they do it.
import { Page, expect } from '@playwright/test';
import { alive } from './pages';

/** The address of a user's page. */
export async function pageOf(page: Page, user: string): Promise<string> {
  await page.goto('/admin/users');
  const link = page.getByRole('cell').getByRole('link', { name: user, exact: true });
  return (await link.getAttribute('href')) ?? '';
}

/** Creates a tenant with environments; returns its short name. */
export async function createTenant(page: Page, name: string, environments: string[]): Promise<string> {
  await page.goto('/admin/tenants');
  await alive(page);
  const slug = await fillName(page, name);
  await page.getByRole('button', { name: 'Create tenant' }).click();
  await expect(page).toHaveURL(new RegExp(`/tenants/${slug}/environments$`));
  for (const environment of environments) {
    await fillName(page, environment);
    await page.getByRole('button', { name: 'Create environment' }).click();
    await expect(page.getByRole('heading', { level: 2, name: environment, exact: true })).toBeVisible();
  }
  return slug;
}

/** Fills in the name of a tenant or environment; returns the short name that the portal proposes. */
async function fillName(page: Page, name: string): Promise<string> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  const slug = page.getByLabel('Short name');
  await expect(slug).not.toHaveValue('');
  return slug.inputValue();
}

/** Makes a user who has signed in before a member of a tenant. */
export async function addMember(page: Page, tenant: string, email: string, role: string): Promise<void> {
  await page.goto(`/tenants/${tenant}`);
  await alive(page);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption(role);
  await page.getByRole('button', { name: 'Invite member' }).click();
  await expect(page.getByTestId('invite-outcome')).toHaveAttribute('data-state', 'added');
}

/** The id of a key as AWS's documentation has it, and the account that it is of. */
export const key = { id: 'AKIAIOSFODNN7EXAMPLE', account: '581039954779' };

/** Stores keys of AWS; returns the address of the credential's page. */
export async function storeCredential(page: Page, tenant: string, name: string): Promise<string> {
  await page.goto(`/tenants/${tenant}/credentials`);
  await alive(page);
  await page.getByRole('link', { name: 'New credential' }).click();
  // The radio button itself cannot be seen; its card is clicked.
  await page.locator('label').filter({ has: page.getByRole('radio', { name: /^AWS/ }) }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Access key id').fill(key.id);
  await page.getByLabel('Secret access key').fill('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');
  await page.getByRole('button', { name: 'Create credential' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** What a tenant's entries in the audit log say, newest first, as an admin of the platform finds them. */
export async function auditOf(page: Page, tenant: string): Promise<string[]> {
  await page.goto('/admin/audit');
  await alive(page);
  await page.getByLabel('Tenant', { exact: true }).selectOption(tenant);
  await expect(page).toHaveURL(new RegExp(`tenant=${tenant}`));
  return page.getByRole('table').getByRole('row').allInnerTexts();
}
