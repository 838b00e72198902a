// What the script does on every page: it shows what changed elsewhere and leaves alone what the user is doing.
import { Page } from '@playwright/test';
import { deleteCluster, freshName, createCluster, reaches } from '../portal/clusters';
import { alive, visit } from '../portal/pages';
import { expect, test } from '../portal/test';

/** Asks for the page again, as an event would. */
const refresh = (page: Page) => page.evaluate(() => (window as any).hangar.refresh());

/** Something that only this document has: it is gone if the browser loads another one. */
const mark = (page: Page) => page.evaluate(() => void ((window as any).mark = true));
const marked = (page: Page) => page.evaluate(() => (window as any).mark === true);

test('a list that changes keeps the focus, the caret, half a word and an open menu', async ({ openAs }) => {
  const page = await openAs('developer');
  await visit(page, '/clusters');
  const other = await openAs('developer');
  const search = page.getByRole('searchbox');
  await page.locator('aside details > summary').last().click();
  // Typed without an event, so that no search starts.
  await search.evaluate((input: HTMLInputElement) => {
    input.focus();
    input.value = 'half a wo';
    input.setSelectionRange(2, 4);
  });
  const name = freshName('elsewhere');
  await createCluster(other, name);
  await expect(page.getByRole('link', { name })).toBeVisible();
  const kept = await search.evaluate((input: HTMLInputElement) => ({
    focused: document.activeElement === input,
    value: input.value,
    selection: [input.selectionStart, input.selectionEnd],
  }));
  expect(kept).toEqual({ focused: true, value: 'half a wo', selection: [2, 4] });
  await expect(page.getByRole('button', { name: 'Sign out' }).first()).toBeVisible();
});

test('what is typed into a form survives a refresh and a new state of the resource', async ({ openAs }) => {
  const page = await openAs('developer');
  const name = freshName('typing');
  const address = await createCluster(page, name);
  await visit(page, `${address}/settings`);
  const field = page.getByLabel(`Type ${name} to confirm`);
  await field.pressSequentially('typ');
  await mark(page);
  await reaches(page, 'Ready');
  await expect(field).toHaveValue('typ');
  await expect(field).toBeFocused();
  await field.pressSequentially(name.slice(3));
  await expect(page.getByRole('button', { name: 'Delete cluster' })).toBeEnabled();
  expect(await marked(page)).toBe(true);
});

test('a cluster that is deleted meanwhile says so on an open page', async ({ openAs, complaints }) => {
  const page = await openAs('developer');
  const name = freshName('meanwhile');
  const address = await createCluster(page, name);
  await reaches(page, 'Ready');
  const other = await openAs('developer');
  await deleteCluster(other, address, name);
  await expect(page.locator('[data-problem="gone"]')).toBeVisible({ timeout: 45_000 });
  const answer = await page.request.get(address, { headers: { accept: 'text/html' } });
  expect(answer.status()).toBe(410);
  // On a quick host the page that deletes may refresh once more before it leaves.
  const settings = `status of 410 (Gone) (${new URL(`${address}/settings`, page.url())})`;
  complaints.splice(0, complaints.length, ...complaints.filter((what) => !what.includes(settings)));
});

test('links, back and forward keep the document and restore the scroll position', async ({ openAs }) => {
  const page = await openAs('developer');
  await page.setViewportSize({ width: 1000, height: 400 });
  await visit(page, '/clusters/new');
  await mark(page);
  await page.evaluate(() => scrollTo(0, 300));
  await page.waitForFunction(() => history.state?.scrollY === 300);
  const navigation = page.locator('#navigation');
  await navigation.evaluate((element) => element.scrollTo(0, 20));
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Nodes' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();
  expect(await page.evaluate(() => ({ scroll: scrollY, focus: document.activeElement?.id }))).toEqual({ scroll: 0, focus: 'page' });
  expect(await navigation.evaluate((element) => element.scrollTop)).toBe(20);
  await expect(page.locator('nav [aria-current="page"]').filter({ visible: true })).toHaveText(['Nodes']);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'New cluster' })).toBeVisible();
  await page.waitForFunction(() => scrollY === 300);
  expect(await marked(page)).toBe(true);
});

test('a refused form keeps the document, what is typed, and leads to the field', async ({ openAs }) => {
  const page = await openAs('developer');
  await visit(page, '/clusters/new');
  await mark(page);
  await page.getByLabel('Name', { exact: true }).fill('Not A Name');
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page.locator('[data-problem="invalid"]')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Not A Name');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  expect(new URL(page.url()).pathname).toBe('/clusters/new');
  expect(await marked(page)).toBe(true);
});

test('an unchanged page is not sent again, and a hidden tab waits', async ({ openAs }) => {
  const page = await openAs('developer');
  const statuses: number[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === '/account') statuses.push(response.status());
  });
  await visit(page, '/account');
  await refresh(page);
  await refresh(page);
  await page.evaluate(() => (window as any).hangar.visit('/account'));
  await refresh(page);
  // By the browser, by the script, which did not get it before; then unchanged; by a link; unchanged again.
  expect(statuses).toEqual([200, 200, 304, 200, 304]);
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
  let asked = 0;
  page.on('request', () => asked++);
  await refresh(page);
  expect(asked).toBe(0);
  const shown = page.waitForResponse((response) => new URL(response.url()).pathname === '/account');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: false, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await shown;
});

test('a thousand refreshes leave no nodes and no listeners behind', async ({ openAs }) => {
  const page = await openAs('developer');
  await createCluster(page, freshName('busy'));
  await visit(page, '/clusters');
  const session = await page.context().newCDPSession(page);
  const count = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
    return { nodes, jsEventListeners };
  };
  const many = (times: number) =>
    page.evaluate(async (times) => {
      const html = await (await fetch(location.href, { headers: { accept: 'text/html' } })).text();
      for (let time = 0; time < times; time++) (window as any).hangar.show(html.replace('>Clusters<', `>Clusters ${time}<`));
    }, times);
  await many(50);
  const before = await count();
  await many(1000);
  const after = await count();
  expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners);
  // The last page may outlive one collection of garbage.
  await expect.poll(async () => (await count()).nodes).toBeLessThan(before.nodes + 100);
});

test('pages load no more than they need', async ({ openAs }) => {
  const page = await openAs('developer');
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await visit(page, '/clusters');
  await alive(page);
  expect(loaded.filter((path) => path.endsWith('.wasm'))).toEqual([]);
  expect(loaded.filter((path) => path.startsWith('/pkg/')).length).toBe(2);
});
