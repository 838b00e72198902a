// The people that the sandbox's identity provider offers.
import { Page, expect } from '@playwright/test';

export const people = {
  admin: 'Ada Keller',
  developer: 'Grace Okafor',
  otherDeveloper: 'Linus Brandt',
  viewer: 'Maya Lindt',
} as const;

export type Role = keyof typeof people;

/** Signs somebody in as they would: through the portal's own door and the provider's page. */
export async function signIn(page: Page, role: Role): Promise<void> {
  await page.goto('/sign-in');
  await throughTheSandbox(page, role);
  await expect(page.getByRole('note')).toContainText('Sandbox');
}

/** From the portal's sign-in page through the sandbox's identity provider. */
export async function throughTheSandbox(page: Page, role: Role): Promise<void> {
  await page.getByRole('link', { name: /continue with .*sandbox/i }).click();
  await page.getByRole('button', { name: people[role] }).click();
}
