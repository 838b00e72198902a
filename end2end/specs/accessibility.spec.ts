// axe-core has nothing serious to say about any page, in either theme.
import AxeBuilder from '@axe-core/playwright';
import { lookers, perPlace, visit } from '../portal/pages';
import { expect, test } from '../portal/test';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const role of lookers) {
    test(`everybody can use the pages of ${role ?? 'nobody'}: ${colorScheme}`, async ({ openAs, everyPlace }) => {
      const places = everyPlace.filter((place) => place.role === role);
      test.setTimeout(perPlace(places));
      const page = await openAs(role, { colorScheme });
      for (const place of places) {
        await visit(page, place.path);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations
          .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
          .map((violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => node.html).join('\n  ')}`);
        expect.soft(serious, place.name).toEqual([]);
      }
    });
  }
}
