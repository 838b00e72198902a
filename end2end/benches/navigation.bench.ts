// How long a click in the navigation takes until the page is shown: one row of `./dev bench`.
import { createCluster } from '../portal/clusters';
import { visit } from '../portal/pages';
import { test } from '../portal/test';

const rounds = 100;

test('navigation', async ({ openAs }) => {
  const page = await openAs('developer');
  for (const name of ['first', 'second', 'third']) await createCluster(page, name);
  await visit(page, '/clusters');
  const times = await page.evaluate(async (rounds) => {
    const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now();
      await (window as any).hangar.visit(['/nodes', '/', '/clusters'][round % 3]);
      await painted();
      times.push(performance.now() - begun);
    }
    return times.sort((one, other) => one - other);
  }, rounds);
  const at = (share: number) => times[Math.floor(times.length * share)].toFixed(1);
  console.log(`| navigation, click to paint | p50 ${at(0.5)} ms, p99 ${at(0.99)} ms |`);
});
