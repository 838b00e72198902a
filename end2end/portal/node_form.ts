// The form that creates a node, as users fill it in.
import { Locator, Page, expect } from '@playwright/test';
import { alive } from './pages';

export class NodeForm {
  constructor(private readonly page: Page) {}

  /** Opens the form, filled in as the address says, and waits until its script runs. */
  async open(query = ''): Promise<void> {
    await this.page.goto(`/nodes/new${query}`);
    await alive(this.page);
  }

  get name(): Locator {
    return this.page.getByLabel('Name', { exact: true });
  }

  get create(): Locator {
    return this.page.getByRole('button', { name: 'Create node' });
  }

  /** The price per hour. */
  get price(): Locator {
    return this.page.getByTestId('price');
  }

  /** The first thing that is wrong or missing, beside the button. */
  get notReady(): Locator {
    return this.page.locator('#not-ready');
  }

  /** The YAML that would be sent. */
  get task(): Locator {
    return this.page.getByRole('group', { name: 'Task YAML' });
  }

  /** The message beside a field. */
  message(field: string): Locator {
    return this.page.locator(`#${field}-message`);
  }

  /** The same, if it says what is wrong. */
  error(field: string): Locator {
    return this.message(field).locator('[data-state="error"]');
  }

  /** Chooses one of several cards. */
  async choose(legend: string, name: string | RegExp): Promise<void> {
    // The radio button is for screen readers; its card covers it.
    await this.group(legend).getByRole('radio', { name }).check({ force: true });
  }

  /** A card, if it is the one that is chosen. */
  chosen(legend: string, name: string | RegExp): Locator {
    return this.group(legend).getByRole('radio', { name, checked: true });
  }

  /** The cards below a legend. */
  group(legend: string): Locator {
    return this.page.getByRole('group', { name: legend, exact: true });
  }

  /** Sends the form and waits for the node's page; returns its address. */
  async send(name: string): Promise<string> {
    await this.create.click();
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible();
    return new URL(this.page.url()).pathname;
  }
}

/** The first amount in a text. */
export function dollars(text: string): number {
  const amount = /\$([\d,]+\.\d\d)/.exec(text)?.[1];
  if (!amount) throw new Error(`no price in “${text}”`);
  return Number(amount.replaceAll(',', ''));
}
