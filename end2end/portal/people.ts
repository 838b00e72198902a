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
  await page.getByText(/continue with .*sandbox/i).click();
  await page.getByRole('button', { name: people[role] }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
}
