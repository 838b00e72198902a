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
  await page.goto('/');
  const door = page.getByRole('main').getByRole('link', { name: /sign in/i }).or(page.getByRole('button', { name: /sign in/i }));
  const person = page.getByRole('button', { name: people[role] });
  await expect(door.or(person).first()).toBeVisible();
  if (await door.first().isVisible()) await door.first().click();
  await person.click();
  await expect(page.getByRole('navigation').first()).toBeVisible();
}
