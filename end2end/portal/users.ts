// The users of the sandbox's identity provider.
import { Page, expect } from '@playwright/test';

export const users = {
  admin: 'Ada Keller',
  developer: 'Grace Okafor',
  otherDeveloper: 'Linus Brandt',
  viewer: 'Maya Lindt',
} as const;

export type Role = keyof typeof users;

/** Signs a user in through the portal's sign-in page and the provider's page. */
export async function signIn(page: Page, role: Role): Promise<void> {
  await page.goto('/sign-in');
  await throughTheSandbox(page, role);
  await expect(page.getByRole('note')).toContainText('Sandbox');
}

/** From the portal's sign-in page through the sandbox's identity provider. */
export async function throughTheSandbox(page: Page, role: Role): Promise<void> {
  await page.getByRole('link', { name: /continue with .*sandbox/i }).click();
  await page.getByRole('button', { name: users[role] }).click();
}
