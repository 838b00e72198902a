// The sandbox's switches: what can go wrong with the systems behind the portal.

export class Faults {
  private origin?: string;

  constructor(private readonly portal: string) {}

  /** Switches these faults on and all others off. */
  async set(settings: object): Promise<void> {
    await this.send('PUT', '/sandbox/faults', settings);
  }

  /** Switches all faults off. */
  async heal(): Promise<void> {
    await this.set({});
  }

  /** Something that happens once, perhaps to something: `rotate-signing-key`, `skypilot-end-machine` to a `cluster` ... */
  async happen(action: string, target: object = {}): Promise<void> {
    await this.send('POST', `/sandbox/faults/actions/${action}`, target);
  }

  private async send(method: string, path: string, body: object): Promise<void> {
    // The switches are where the sandbox's identity provider is, and that is where signing in leads to.
    this.origin ??= await providerOf(this.portal);
    const answer = await fetch(this.origin + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the sandbox refused ${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
}

async function providerOf(portal: string): Promise<string> {
  const answer = await fetch(`${portal}/sign-in/sandbox`, { redirect: 'manual' });
  const location = answer.headers.get('location');
  if (!location) throw new Error(`signing in leads nowhere: ${answer.status} ${await answer.text()}`);
  return new URL(location).origin;
}
