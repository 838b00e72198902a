// An admin lets a company in and keeps it safe.
import { addMember, auditOf, createTenant, key, pageOf, storeCredential } from '../portal/administration';
import { freshName, reaches } from '../portal/clusters';
import { NodeForm } from '../portal/node_form';
import { fact, createNode } from '../portal/node_use';
import { alive, visit } from '../portal/pages';
import { users } from '../portal/users';
import { expect, test } from '../portal/test';

test('a tenant with two environments gets people and a credential, which AWS accepts and a node is launched with', async ({ openAs }) => {
  test.setTimeout(150_000);
  const member = await openAs('viewer');
  const page = await openAs('admin');
  const slug = await createTenant(page, freshName('robotics'), ['Dev', 'Prod']);

  await visit(page, `/tenants/${slug}`);
  await page.getByLabel('Email address').fill('eve@example.com');
  await page.getByRole('button', { name: 'Invite member' }).click();
  const outcome = page.getByTestId('invite-outcome');
  await expect(outcome).toHaveAttribute('data-state', 'invited');
  await expect(outcome).toContainText('eve@example.com');
  await expect(page.getByLabel('Email address')).toHaveValue('');
  await page.getByRole('link', { name: 'Invitations' }).click();
  await expect(page.getByRole('cell', { name: 'eve@example.com', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel the invitation for eve@example.com' }).click();
  await expect(page.getByText('No pending invitations')).toBeVisible();

  await addMember(page, slug, 'maya@example.com', 'admin');
  await expect(page.getByRole('cell', { name: users.viewer }).first()).toBeVisible();

  // What somebody may do counts from the next page on.
  await visit(member, `/tenants/${slug}/credentials`);
  await expect(member.getByText('No credentials yet')).toBeVisible();

  const credential = await storeCredential(page, slug, 'training');
  await expect(page.getByText(key.id)).toBeVisible();
  expect(await page.content()).not.toContain('bPxRfiCYEXAMPLEKEY');
  await page.getByRole('button', { name: 'Check credential' }).click();
  await expect(page.getByTestId('check-result')).toHaveAttribute('data-state', 'accepted');
  await expect(page.getByText(`Account: ${key.account}`)).toBeVisible();
  await expect(page.getByText(`Identity: arn:aws:iam::${key.account}:user/`)).toBeVisible();

  const name = freshName('trainer');
  await createNode(member, name, {}, `${slug}/dev`);
  await reaches(member, 'Ready', 60_000);
  await visit(page, credential);
  expect(await fact(page, 'Used')).toMatch(/^(once|\d+ times)$/);
  expect(await fact(page, 'Last used')).not.toBe('never');

  const entries = await auditOf(page, slug);
  const at = (what: RegExp) => entries.findIndex((entry) => what.test(entry));
  const lent = at(/used the credential training[^]*for the workspace \S+-dev-[^]*AWS session ASIA[^]*API server/);
  const ordered = at(new RegExp(`created ${name}`));
  const checked = at(/checked the credential training[^]*accepted as arn:aws:iam/);
  const stored = at(/stored the credential training/);
  // The first row is the table's head.
  const newestFirst = [0, lent, ordered, checked, stored];
  expect(newestFirst.toSorted((one, other) => one - other)).toEqual(newestFirst);
  expect(lent).toBeGreaterThan(0);
});

test('the limits of an environment show where people order and what is left of them', async ({ openAs }, info) => {
  const member = await openAs('viewer');
  const page = await openAs('admin');
  const slug = await createTenant(page, freshName('limited'), ['Dev']);
  await addMember(page, slug, 'maya@example.com', 'developer');
  await visit(page, `/tenants/${slug}/environments?environment=dev`);
  const limits = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Limits', exact: true }) });
  await limits.getByLabel('Clusters').fill('1');
  await limits.getByLabel('Dollars per hour').fill('5');
  await limits.getByRole('button', { name: 'Save' }).click();
  await expect(limits.getByText('Saved.')).toBeVisible();

  const form = async () => {
    await visit(member, '/clusters/new');
    await member.getByLabel('Tenant and environment').selectOption(`${slug}/dev`);
  };
  await form();
  await expect(member.getByText('In use: 0 of 1 cluster, $0.00 of $5.00 per hour.')).toBeVisible();
  await expect(member.getByText('1 of 1 cluster, $0.08 of $5.00 per hour')).toBeVisible();
  await member.getByLabel('Name', { exact: true }).fill(freshName('only'));
  await member.screenshot({ path: info.outputPath('form.png'), fullPage: true });
  await member.getByRole('button', { name: 'Create cluster' }).click();
  await reaches(member, 'Ready');

  await visit(member, '/');
  const mine = member.locator('section').filter({ has: member.getByRole('heading', { name: 'Limits', exact: true }) });
  const environment = mine.getByRole('listitem').filter({ hasText: slug });
  await expect(environment.getByRole('meter', { name: 'Clusters' })).toHaveAttribute('aria-valuetext', '1 of 1');
  await member.screenshot({ path: info.outputPath('overview.png'), fullPage: true });
  await form();
  await expect(member.getByText(/1 cluster.* and has 1\./)).toBeVisible();

  // An hour of a machine that is on no price list may cost anything.
  const node = new NodeForm(member);
  const name = freshName('priceless');
  const task = 'resources:\n  cpus: 4+\nrun: ls\n';
  await node.open(`?${new URLSearchParams({ name, kind: 'task', task, place: `${slug}/dev` })}`);
  await node.create.click();
  const refusal = member.getByRole('alert').filter({ hasText: 'price' });
  await expect(refusal).toContainText('limit');
  await expect(node.task).toBeVisible();
  await member.screenshot({ path: info.outputPath('no-price.png'), fullPage: true });
  await visit(member, '/nodes');
  await expect(member.getByText(name)).toHaveCount(0);
});

test('a key that AWS does not know reads well, and so does an AWS that does not answer', async ({ openAs, faults, complaints }) => {
  const page = await openAs('admin');
  const slug = await createTenant(page, freshName('deleted'), ['Dev']);
  await storeCredential(page, slug, 'training');
  await faults.set({ aws: { unknown_keys: [key.id] } });
  await page.getByRole('button', { name: 'Check credential' }).click();
  const result = page.getByTestId('check-result');
  await expect(result).toHaveAttribute('data-state', 'rejected');
  await expect(result).toContainText('AWS does not know the access key');
  await expect(result).not.toContainText('Account: ');

  await faults.set({ aws: { unreachable: true } });
  await page.getByRole('button', { name: 'Check credential' }).click();
  await expect(page.getByText('AWS STS cannot be reached')).toBeVisible({ timeout: 30_000 });
  await faults.heal();
  await page.getByRole('button', { name: 'Check credential' }).click();
  await expect(result).toHaveAttribute('data-state', 'accepted');
  // The browser reports the check that could not be made.
  complaints.length = 0;
});

test('a suspended user loses the session on the page that is open, and signs in again after being restored', async ({
  openAs,
  complaints,
}) => {
  const open = await openAs('otherDeveloper');
  await visit(open, '/clusters');
  await expect(open.getByRole('heading', { name: 'Clusters' })).toBeVisible();
  const page = await openAs('admin');
  const address = await pageOf(page, users.otherDeveloper);
  await visit(page, address);
  await page.locator('#confirmation-suspend').fill('linus@example.com');
  await page.getByRole('button', { name: 'Suspend user' }).click();
  await expect(page.getByRole('button', { name: 'Restore user' })).toBeVisible();
  await expect(open.locator('[data-notice="signed-out-notice"]')).toBeVisible();
  await open.goto('/clusters');
  await expect(open.getByRole('heading', { name: 'Sign in to Hangar' })).toBeVisible();

  await page.getByRole('button', { name: 'Restore user' }).click();
  await expect(page.getByRole('button', { name: 'Suspend user' })).toBeVisible();
  const back = await openAs('otherDeveloper');
  await visit(back, '/clusters');
  await expect(back.getByRole('heading', { name: 'Clusters' })).toBeVisible();
  // The browser reports that the stream of the open page was refused.
  complaints.length = 0;
});

test('of two admins who change the same thing the second sees the current value and keeps what they typed', async ({
  openAs,
  complaints,
}) => {
  const first = await openAs('admin');
  const name = freshName('shared');
  const slug = await createTenant(first, name, []);
  const second = await openAs('admin');
  for (const page of [first, second]) await visit(page, `/tenants/${slug}/settings`);
  const field = { label: 'Display name', save: 'Save' };
  await first.getByLabel(field.label).fill('First name');
  await first.getByRole('button', { name: field.save }).click();
  await expect(first.getByRole('heading', { level: 1, name: 'First name' })).toBeVisible();

  await second.getByLabel(field.label).fill('Second name');
  await second.getByRole('button', { name: field.save }).click();
  await expect(second.locator('[data-problem="conflict"]')).toContainText(users.admin);
  await expect(second.locator('#name-message')).toContainText('First name');
  await expect(second.getByLabel(field.label)).toHaveValue('Second name');
  await expect(second.getByRole('heading', { level: 1, name: 'First name' })).toBeVisible();
  await second.getByRole('button', { name: field.save }).click();
  await expect(second.getByRole('heading', { level: 1, name: 'Second name' })).toBeVisible();
  // The browser reports the refusal of the change that came too late.
  complaints.length = 0;
});

for (const javaScriptEnabled of [true, false]) {
  test(`claim rules are tried with claims, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ openAs }) => {
    const page = await openAs('admin', { javaScriptEnabled });
    await page.goto('/admin/users/claim-rules');
    if (javaScriptEnabled) await alive(page);
    const claims = { sub: 'planted-token', groups: ['vision-developers'] };
    await page.getByLabel('ID token or claims').fill(JSON.stringify(claims));
    await page.getByRole('button', { name: 'Try claim rules' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'developer in vision' })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'vision-developers' }).first()).toBeVisible();
    expect(page.url()).not.toContain('planted');
    expect(JSON.stringify(await page.context().cookies())).not.toContain('planted');
  });
}

test('a credential is refused, typed again and stored without JavaScript, and secrets do not come back', async ({ openAs }) => {
  const page = await openAs('admin', { javaScriptEnabled: false });
  const name = freshName('plain');
  await page.goto('/tenants/vision/credentials/new?provider=aws');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Access key id').fill('AKIAIOSFODNN7EXAMPLE');
  await page.getByLabel('Secret access key').fill('too-short');
  await page.getByRole('button', { name: 'Create credential' }).click();
  await expect(page.locator('#secret-access-key-message')).not.toBeEmpty();
  await expect(page.getByTestId('secrets-lost')).toBeVisible();
  await expect(page.getByLabel('Access key id')).toHaveValue('AKIAIOSFODNN7EXAMPLE');
  await expect(page.getByLabel('Secret access key')).toHaveValue('');
  await page.getByLabel('Secret access key').fill('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY');
  await page.getByRole('button', { name: 'Create credential' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole('button', { name: 'Delete credential' }).click();
  await expect(page).toHaveURL(/\/tenants\/vision\/credentials$/);
  await expect(page.getByText(name)).toHaveCount(0);
});

test('the last admin can be neither suspended nor lose the role, and the page says why', async ({ openAs }) => {
  const page = await openAs('admin');
  await visit(page, await pageOf(page, users.admin));
  await expect(page.getByRole('button', { name: 'Suspend user' })).toBeDisabled();
  await expect(page.locator('#suspend-why')).not.toBeEmpty();
  await expect(page.getByRole('button', { name: 'Revoke admin role' })).toBeDisabled();
  await expect(page.locator('#role-why')).not.toBeEmpty();
});

for (const javaScriptEnabled of [true, false]) {
  test(`a host cluster is checked, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ openAs }) => {
    const page = await openAs('admin', { javaScriptEnabled });
    await page.goto('/');
    await page.getByRole('link', { name: 'Host clusters' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Host clusters' })).toBeVisible();
    if (javaScriptEnabled) await alive(page);
    await expect(page.getByText('Used for new clusters')).toBeVisible();
    await page.getByRole('button', { name: 'Check permissions' }).first().click();
    await expect(page.getByTestId('host-check')).toHaveAttribute('data-state', 'ok', { timeout: 30_000 });
    await page.getByRole('link', { name: 'Plans' }).click();
    await expect(page.getByRole('row', { name: /Small.*\$57\.60/ })).toBeVisible();
  });
}

test('pages of administration do not exist for other users', async ({ openAs }) => {
  const page = await openAs('developer');
  for (const path of ['/admin/users', '/admin/tenants', '/admin/users/claim-rules', '/admin/host-clusters', '/admin/plans', '/tenants/payments']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible();
  }
  await page.goto('/');
  await page.getByRole('link', { name: 'Tenant', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Vision' })).toBeVisible();
});
