// Every page of the portal, for what must hold on all of them.
import { Page } from '@playwright/test';
import { Role } from './users';

export interface Place {
  /** What its picture is called. */
  name: string;
  path: string;
  /** The role of the user who opens it; none for pages without a session. */
  role?: Role;
  /** A text that takes a while to appear. */
  shows?: string;
}

/** Users who open pages. The admin is last: orphans are found once a minute. */
export const roles: (Role | undefined)[] = [undefined, 'developer', 'otherDeveloper', 'viewer', 'admin'];

export const places: Place[] = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-in-refused', path: '/sign-in?error=provider_unreachable' },
  { name: 'overview', path: '/', role: 'developer' },
  { name: 'clusters', path: '/clusters', role: 'developer' },
  { name: 'clusters-no-match', path: '/clusters?search=nothing-is-called-so', role: 'developer' },
  { name: 'new-cluster', path: '/clusters/new', role: 'developer' },
  { name: 'catalogue', path: '/nodes/catalogue', role: 'developer' },
  { name: 'catalogue-no-match', path: '/nodes/catalogue?search=nothing-is-called-so', role: 'developer' },
  { name: 'new-node', path: '/nodes/new', role: 'developer' },
  {
    name: 'new-node-filled-in',
    path: '/nodes/new?name=trainer&accelerator=H100&count=8&cloud=aws&region=us-east-1&spot=true&setup=pip%20install%20torch&run=python%20train.py',
    role: 'developer',
  },
  { name: 'new-node-wrong', path: '/nodes/new?name=Trainer&accelerator=H1000&count=1000&disk_gib=7&idle_minutes=-5', role: 'developer' },
  { name: 'new-node-own-task', path: '/nodes/new?name=trainer&kind=task&task=run%3A%20nvidia-smi', role: 'developer' },
  { name: 'usage', path: '/usage', role: 'developer' },
  { name: 'usage-by-resource', path: '/usage?by=resource', role: 'developer' },
  { name: 'usage-refused', path: '/usage?from=yesterday', role: 'developer' },
  { name: 'account', path: '/account', role: 'developer' },
  { name: 'api-reference', path: '/api', role: 'developer' },
  { name: 'overview-empty', path: '/', role: 'otherDeveloper' },
  { name: 'usage-empty', path: '/usage', role: 'otherDeveloper' },
  { name: 'clusters-empty', path: '/clusters', role: 'otherDeveloper' },
  { name: 'clusters-of-a-viewer', path: '/clusters', role: 'viewer' },
  { name: 'catalogue-of-a-viewer', path: '/nodes/catalogue', role: 'viewer' },
  { name: 'new-node-refused', path: '/nodes/new', role: 'viewer' },
  { name: 'new-cluster-refused', path: '/clusters/new', role: 'viewer' },
  { name: 'audit', path: '/admin/audit', role: 'admin' },
  { name: 'audit-no-match', path: '/admin/audit?search=nothing-is-called-so', role: 'admin' },
  { name: 'audit-of-a-tenant', path: '/tenants/vision/audit', role: 'developer' },
  { name: 'audit-refused', path: '/tenants/vision/audit', role: 'viewer' },
  { name: 'permissions', path: '/admin/permissions', role: 'admin' },
  { name: 'not-found', path: '/no-such-page', role: 'developer' },
];

/** The pages of a cluster that is ready and of one that cannot come up. */
export function placesOf(ready: string, failed: string): Place[] {
  return [
    { name: 'cluster', path: ready, role: 'developer' },
    { name: 'cluster-connect', path: `${ready}/connect`, role: 'developer' },
    { name: 'cluster-events', path: `${ready}/events`, role: 'developer' },
    { name: 'cluster-settings', path: `${ready}/settings`, role: 'developer' },
    { name: 'cluster-connect-refused', path: `${ready}/connect`, role: 'viewer' },
    { name: 'cluster-failed', path: failed, role: 'developer' },
  ];
}

/** Users and credentials to look at, by the addresses of their pages. */
export interface Administration {
  /** A developer. */
  user: string;
  /** The admin, of whom there is only one. */
  lastAdmin: string;
  /** A credential of AWS that AWS does not know. */
  credential: string;
}

/** The pages of administration, and the parts of a tenant as each role sees them. */
export function placesOfAdministration({ user, lastAdmin, credential }: Administration): Place[] {
  const parts = ['invitations', 'environments', 'credentials', 'settings'];
  const partsOf = (role: Role): Place[] => [
    { name: `tenant-of-${role}`, path: '/tenants/vision', role },
    ...parts.map((part): Place => ({ name: `tenant-${part}-of-${role}`, path: `/tenants/vision/${part}`, role })),
  ];
  const asAdmin = (name: string, path: string): Place => ({ name, path, role: 'admin' });
  return [
    asAdmin('users', '/admin/users'),
    asAdmin('users-no-match', '/admin/users?search=no-such-name'),
    asAdmin('user', user),
    asAdmin('user-last-admin', lastAdmin),
    asAdmin('claim-rules', '/admin/users/claim-rules'),
    asAdmin('host-clusters', '/admin/host-clusters'),
    asAdmin('plans', '/admin/plans'),
    asAdmin('invite', '/admin/users/invite'),
    asAdmin('sessions', '/admin/users/sessions'),
    asAdmin('tenants', '/admin/tenants'),
    asAdmin('tenants-of-an-admin', '/tenants'),
    ...partsOf('admin'),
    ...partsOf('developer'),
    asAdmin('environment', '/tenants/vision/environments?environment=dev'),
    asAdmin('new-credential', '/tenants/vision/credentials/new'),
    asAdmin('new-credential-aws', '/tenants/vision/credentials/new?provider=aws'),
    asAdmin('new-credential-kubernetes', '/tenants/vision/credentials/new?provider=kubernetes'),
    asAdmin('credential', credential),
    asAdmin('tenant-not-found', '/tenants/nothing'),
    { name: 'tenant-of-others', path: '/tenants/payments', role: 'developer' },
    { name: 'users-refused', path: '/admin/users', role: 'developer' },
    { name: 'tenants-of-a-viewer', path: '/tenants', role: 'viewer' },
  ];
}

/** Nodes to look at, by the addresses of their pages. */
export interface Nodes {
  /** It is up, and one of its jobs runs. */
  ready: string;
  /** Its launch gets nowhere. */
  launching: string;
  /** No place had its machine. */
  failed: string;
  stopped: string;
  /** A machine that belongs to no node, and that an admin may delete. */
  orphan: string;
}

/** The list of nodes and every part of a node in every state. */
export function placesOfNodes({ ready, launching, failed, stopped, orphan }: Nodes): Place[] {
  const parts = ['connect', 'logs', 'jobs', 'settings'];
  const partsOf = (state: string, address: string): Place[] => [
    { name: state, path: address, role: 'developer' },
    ...parts.map((part): Place => ({ name: `${state}-${part}`, path: `${address}/${part}`, role: 'developer' })),
  ];
  return [
    { name: 'nodes', path: '/nodes', role: 'developer' },
    { name: 'nodes-no-match', path: '/nodes?search=nothing-is-called-so', role: 'developer' },
    { name: 'nodes-empty', path: '/nodes', role: 'otherDeveloper' },
    { name: 'nodes-of-a-viewer', path: '/nodes', role: 'viewer' },
    ...partsOf('node', ready),
    { name: 'node-log-of-a-job', path: `${ready}/logs?job=1`, role: 'developer' },
    { name: 'node-log-of-no-job', path: `${ready}/logs?job=99`, role: 'developer' },
    { name: 'node-events', path: `${ready}/logs?show=events`, role: 'developer' },
    ...partsOf('node-launching', launching),
    ...partsOf('node-failed', failed),
    ...partsOf('node-stopped', stopped),
    { name: 'node-connect-refused', path: `${ready}/connect`, role: 'viewer' },
    { name: 'node-jobs-of-a-viewer', path: `${ready}/jobs`, role: 'viewer' },
    { name: 'node-settings-refused', path: `${ready}/settings`, role: 'viewer' },
    { name: 'orphans', path: '/admin/orphans', role: 'admin', shows: orphan },
    { name: 'orphan-deletion', path: `/admin/orphans?machine=${orphan}`, role: 'admin', shows: orphan },
    { name: 'orphans-refused', path: '/admin/orphans', role: 'developer' },
  ];
}

/** The time for a test that goes through these pages: each is given what a short test would be. */
export function perPlace(places: Place[]): number {
  return 30_000 * (places.length + 1);
}

/** Opens a page and waits until it is alive. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await alive(page);
}

/** Waits until the page's script is at work. */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => 'hangar' in window);
}
