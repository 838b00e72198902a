// The order form for nodes, as people fill it in.
import { Locator, Page, expect } from '@playwright/test';
import { hydrated } from './pages';

export class NodeForm {
  constructor(private readonly page: Page) {}

  /** Opens the form, filled in as the address says, and waits until it is alive. */
  async open(query = ''): Promise<void> {
    await this.page.goto(`/nodes/new${query}`);
    await hydrated(this.page);
  }

  get name(): Locator {
    return this.page.getByLabel('Name', { exact: true });
  }

  get order(): Locator {
    return this.page.getByRole('button', { name: 'Order node' });
  }

  /** The price per hour. */
  get price(): Locator {
    const summary = this.page.locator('section').filter({ has: this.page.getByRole('heading', { name: 'What you get' }) });
    return summary.locator('p[aria-live]').first();
  }

  /** The YAML that would be sent. */
  get task(): Locator {
    return this.page.getByRole('group', { name: 'Task in YAML' });
  }

  /** The message beside a field. */
  message(field: string): Locator {
    return this.page.locator(`#${field}-message`);
  }

  /** Chooses one of several cards. */
  async choose(legend: string, name: string | RegExp): Promise<void> {
    // The radio button is only heard; what one sees and presses is its card.
    await this.page.getByRole('group', { name: legend }).getByRole('radio', { name }).check({ force: true });
  }

  /** A card, if it is the one that is chosen. */
  chosen(legend: string, name: string | RegExp): Locator {
    return this.page.getByRole('group', { name: legend }).getByRole('radio', { name, checked: true });
  }

  /** Sends the order and waits for the node's page; returns its address. */
  async send(name: string): Promise<string> {
    await this.order.click();
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible();
    return new URL(this.page.url()).pathname;
  }
}

/** The first amount in a text. */
export function dollars(text: string): number {
  const amount = /\$([\d,]+\.\d\d)/.exec(text)?.[1];
  if (!amount) throw new Error(`there is no price in “${text}”`);
  return Number(amount.replaceAll(',', ''));
}
