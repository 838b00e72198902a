// Orders of nodes that cannot be: each has its message beside its field, and nothing is sent.
import { Page } from '@playwright/test';
import { freshName } from '../portal/clusters';
import { NodeForm } from '../portal/nodes';
import { hydrated } from '../portal/pages';
import { expect, test } from '../portal/test';

interface BadOrder {
  what: string;
  /** What the form is filled in with; in an address, so that choices the form does not offer can be made. */
  query: Record<string, string>;
  /** Whose message says what. */
  field: string;
  says: RegExp;
}

const good = { name: 'good-name', accelerator: 'L4', count: '1' };
const task = (yaml: string) => ({ name: 'good-name', kind: 'task', task: yaml });

const badOrders: BadOrder[] = [
  { what: 'an unknown accelerator', query: { ...good, accelerator: 'H1000' }, field: 'accelerator', says: /did you mean H100/ },
  { what: 'none at all', query: { ...good, count: '0' }, field: 'count', says: /between 1 and/ },
  { what: 'a thousand', query: { ...good, count: '1000' }, field: 'count', says: /between 1 and/ },
  { what: 'a region that the cloud lacks', query: { ...good, cloud: 'aws', region: 'mars-1' }, field: 'location', says: /Not in mars-1.*us-east-1/ },
  { what: 'capitals in the name', query: { ...good, name: 'Trainer' }, field: 'name', says: /lower-case/ },
  { what: 'minutes below zero', query: { ...good, idle_minutes: '-5' }, field: 'idle-minutes', says: /between 1 and/ },
  { what: 'hours below zero', query: { ...good, time_to_live_hours: '-1' }, field: 'time-to-live', says: /between 1 and/ },
  { what: 'a disk of a byte', query: { ...good, disk_gib: '0' }, field: 'disk-gib', says: /between 30 and/ },
  { what: 'aliases in a task', query: task('envs:\n  A: &a x\n  B: *a\n'), field: 'task', says: /Line 2: anchors/ },
  {
    what: 'a bomb of aliases',
    query: task('a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n'),
    field: 'task',
    says: /Line 1: anchors/,
  },
  { what: 'a file of the server', query: task('file_mounts:\n  /data: /etc/passwd\n'), field: 'task', says: /Line 2: .*local file/ },
  { what: 'a folder of the server', query: task('run: ls\nworkdir: .\n'), field: 'task', says: /Line 2: .*local workdir/ },
  { what: 'somebody else’s name in a task', query: task('name: theirs\nrun: ls\n'), field: 'task', says: /Line 1: the name is/ },
  { what: 'variables of SkyPilot', query: task('env_vars:\n  SKYPILOT_USER: root\n'), field: 'task', says: /Line 1: env_vars/ },
  { what: 'no task at all', query: task(''), field: 'task', says: /Paste the YAML/ },
];

test('what is wrong stands beside its field while one types, and the button is off', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  for (const { what, query, field, says } of badOrders.filter(({ query }) => query.task !== '')) {
    await form.open(`?${new URLSearchParams(query)}`);
    await expect(form.message(field), what).toContainText(says);
    await expect(form.order, what).toBeDisabled();
    await expect(page.locator('#why-not'), `${what}: why the button is off`).not.toBeEmpty();
  }
});

test('what is wrong stands beside its field after a plain form was sent, and nothing is ordered', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const form = new NodeForm(page);
  for (const { what, query, field, says } of badOrders) {
    const name = query.name === good.name ? freshName('never') : query.name ?? '';
    await page.goto(`/nodes/new?${new URLSearchParams({ ...query, name })}`);
    await form.order.click();
    await expect(page.getByRole('alert'), what).toContainText('Something needs correcting');
    await expect(form.message(field), what).toContainText(says);
    await expect(form.name, what).toHaveValue(name);
    await nothingIsCalled(page, name);
  }
});

async function nothingIsCalled(page: Page, name: string): Promise<void> {
  await page.goto(`/nodes?search=${name}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
}

test('a name that is taken is said to be before it is sent', async ({ openAs }) => {
  const page = await openAs('developer');
  const form = new NodeForm(page);
  const name = freshName('taken');
  await form.open('?accelerator=L4&count=1');
  await form.name.fill(name);
  await form.send(name);
  await form.open('?accelerator=L4&count=1');
  await form.name.fill(name);
  await expect(form.message('name')).toContainText('taken');
  await expect(form.order).toBeDisabled();
  await form.name.fill(freshName('free'));
  await expect(form.order).toBeEnabled();
});

test('a double click orders one node', async ({ openAs }) => {
  const page = await openAs('developer', { javaScriptEnabled: false });
  const form = new NodeForm(page);
  const name = freshName('twice');
  await page.goto('/nodes/new?accelerator=L4&count=1');
  await form.name.fill(name);
  await form.order.dblclick();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.goto(`/nodes?search=${name}`);
  await expect(page.getByRole('link', { name })).toHaveCount(1);
});

test('a body of 100 MB is refused and leaves the portal as it was', async ({ openAs, portal }) => {
  const page = await openAs('developer');
  const body = Buffer.alloc(100_000_000, 'x');
  for (const path of ['/rpc/order-node', '/rpc/quote-node', '/api/v1/nodes']) {
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
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Catalogue' })).toBeVisible();
});
