// Every page, visited once: in both themes and at two widths it fits the window, axe-core finds nothing serious, and a
// picture of it is in end2end/screenshots/.
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { Page } from '@playwright/test';
import { Faults } from '../portal/faults';
import { perPlace, roles, visit } from '../portal/pages';
import { expect, test } from '../portal/test';

const folder = join(import.meta.dirname, '../screenshots');
const wide = { width: 1280, height: 860 };
const phone = { width: 390, height: 844 };
// What axe-core says depends on the theme by colours only.
const colours = ['color-contrast', 'link-in-text-block'];
const looks = [
  { name: 'light-wide', colorScheme: 'light', viewport: wide, axe: {} },
  { name: 'light-phone', colorScheme: 'light', viewport: phone, axe: undefined },
  { name: 'dark-wide', colorScheme: 'dark', viewport: wide, axe: { runOnly: colours } },
] as const;

// All in one worker, which needs the clusters and nodes to look at only once.
test.describe.configure({ mode: 'default' });

// What is broken for the pictures must not meet the next file of this worker.
test.afterAll(({ portal }) => new Faults(portal.url).heal());

for (const role of roles) {
  test(`every page of ${role ?? 'nobody'}`, async ({ openAs, everyPlace }) => {
    const places = everyPlace.filter((place) => place.role === role);
    test.setTimeout(perPlace(places));
    const page = await openAs(role);
    for (const place of places) {
      await expect(async () => {
        await visit(page, place.path);
        if (place.shows) await expect(page.getByText(place.shows).first()).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 90_000 });
      for (const { name, colorScheme, viewport, axe } of looks) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        // The API reference is some ten thousand pixels high.
        const path = join(folder, `${place.name}-${name}.png`);
        await page.screenshot({ path, fullPage: true, animations: 'disabled', timeout: 60_000 });
        const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        expect.soft(inner, `${place.name}, ${name}: no wider than the window`).toBeLessThanOrEqual(outer);
        if (axe) expect.soft(await serious(page, axe), `${place.name}, ${name}: axe-core`).toEqual([]);
      }
    }
  });
}

/** What axe-core finds serious or critical. */
async function serious(page: Page, options: { runOnly?: readonly string[] }): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
  if (options.runOnly) axe.withRules([...options.runOnly]);
  const { violations } = await axe.analyze();
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map((violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => node.html).join('\n  ')}`);
}
