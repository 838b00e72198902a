// Nodes that cannot be created: each form has its message beside its field, and nothing is created.
import { Page } from '@playwright/test';
import { freshName } from '../portal/clusters';
import { NodeForm } from '../portal/node_form';
import { alive } from '../portal/pages';
import { expect, test } from '../portal/test';

interface BadOrder {
  what: string;
  /** What the form is filled in with; in an address, so that choices the form does not offer can be made. */
  query: Record<string, string>;
  /** The field with the message. */
  field: string;
  /** What the message has to mention. */
  mentions?: RegExp;
}

const good = { name: 'good-name', accelerator: 'L4', count: '1' };
const task = (yaml: string) => ({ name: 'good-name', kind: 'task', task: yaml });

const badOrders: BadOrder[] = [
  { what: 'an unknown accelerator', query: { ...good, accelerator: 'H1000' }, field: 'accelerator', mentions: /H100\b/ },
  { what: 'no accelerators', query: { ...good, count: '0' }, field: 'count' },
  { what: 'a thousand accelerators', query: { ...good, count: '1000' }, field: 'count' },
  { what: 'a region that the cloud lacks', query: { ...good, cloud: 'aws', region: 'mars-1' }, field: 'location', mentions: /us-east-1/ },
  { what: 'capitals in the name', query: { ...good, name: 'Trainer' }, field: 'name' },
  { what: 'minutes below zero', query: { ...good, idle_minutes: '-5' }, field: 'idle-minutes' },
  { what: 'hours below zero', query: { ...good, time_to_live_hours: '-1' }, field: 'time-to-live-hours' },
  { what: 'a disk without size', query: { ...good, disk_gib: '0' }, field: 'disk-gib' },
  { what: 'aliases in a task', query: task('envs:\n  A: &a x\n  B: *a\n'), field: 'task', mentions: /Line 2/ },
  {
    what: 'a bomb of aliases',
    query: task('a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n'),
    field: 'task',
    mentions: /Line 1/,
  },
  { what: 'a file of the server', query: task('file_mounts:\n  /data: /etc/passwd\n'), field: 'task', mentions: /Line 2/ },
  { what: 'a folder of the server', query: task('run: ls\nworkdir: .\n'), field: 'task', mentions: /Line 2/ },
  { what: 'another name in a task', query: task('name: theirs\nrun: ls\n'), field: 'task', mentions: /Line 1/ },
  { what: 'variables of SkyPilot', query: task('env_vars:\n  SKYPILOT_USER: root\n'), field: 'task', mentions: /env_vars/ },
  { what: 'no task at all', query: task(''), field: 'task' },
];

test('a form that is filled in wrongly shows what is wrong beside the field', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  for (const { what, query, field, mentions } of badOrders.filter(({ query }) => query.task !== '')) {
    await form.open(`?${new URLSearchParams(query)}`);
    await expect(form.error(field), what).toContainText(mentions ?? /./);
    await expect(form.notReady, `${what}: beside the button`).not.toBeEmpty();
  }
});

test('a form that is sent with a mistake comes back filled in, and nothing is created', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const form = new NodeForm(page);
  for (const { what, query, field, mentions } of badOrders) {
    const name = query.name === good.name ? freshName('never') : query.name ?? '';
    await page.goto(`/nodes/new?${new URLSearchParams({ ...query, name })}`);
    await form.create.click();
    await expect(page.locator('[data-problem="invalid"]'), what).toBeVisible();
    await expect(form.error(field), what).toContainText(mentions ?? /./);
    await expect(form.name, what).toHaveValue(name);
    await nothingIsCalled(page, name);
  }
});

async function nothingIsCalled(page: Page, name: string): Promise<void> {
  await page.goto(`/nodes?search=${name}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
}

test('a name that is taken is refused while one types', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('taken');
  await form.open('?accelerator=L4&count=1');
  await form.name.fill(name);
  await form.send(name);
  await form.open('?accelerator=L4&count=1');
  await form.name.fill(name);
  await expect(form.error('name')).toContainText(name);
  await form.name.fill(freshName('free'));
  await expect(form.message('name')).toBeEmpty();
  await expect(form.notReady).toBeEmpty();
});

test('a double click creates one node', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const form = new NodeForm(page);
  const name = freshName('twice');
  await page.goto('/nodes/new?accelerator=L4&count=1');
  await form.name.fill(name);
  await form.create.dblclick();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.goto(`/nodes?search=${name}`);
  await expect(page.getByRole('link', { name })).toHaveCount(1);
});

test('a body of 100 MB is refused and leaves the portal as it was', async ({ openAs, portal }) => {
  const page = await openAs('developer');
  const body = Buffer.alloc(100_000_000, 'x');
  for (const path of ['/rpc/create-node', '/api/v1/nodes']) {
    const answer = await page.request
      .post(path, { data: body, headers: { origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' } })
      .then(
        (answer) => answer.status(),
        // To close the connection while the body is still on its way is a refusal too.
        (error: Error) => (/EPIPE|ECONNRESET/.test(error.message) ? 413 : Promise.reject(error)),
      );
    expect(answer, path).toBe(413);
  }
  await page.goto('/nodes/catalogue');
  await alive(page);
  await expect(page.getByRole('heading', { name: 'Catalogue' })).toBeVisible();
});
