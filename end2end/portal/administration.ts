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

/** Stores keys of AWS that AWS does not know; returns the address of the credential's page. */
export async function storeCredential(page: Page, tenant: string, name: string): Promise<string> {
  await page.goto(`/tenants/${tenant}/credentials`);
  await hydrated(page);
  await page.getByRole('link', { name: 'Store a credential' }).click();
  await page.getByRole('link', { name: /^AWS/ }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Access key id').fill('AKIAIOSFODNN7EXAMPLE');
  await page.getByLabel('Secret access key').fill('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');
  await page.getByRole('button', { name: 'Encrypt and store' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}
