// The real kubectl, with a home of its own, so that nothing of the machine's configuration reaches it.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class Kubectl {
  constructor(private readonly home: string) {
    mkdirSync(home, { recursive: true });
  }

  /** Runs kubectl with a kubeconfig file and returns what it printed; an error carries what it complained of. */
  async run(kubeconfig: string, ...args: string[]): Promise<string> {
    const program = process.env.KUBECTL ?? 'kubectl';
    const { stdout } = await run(program, ['--kubeconfig', kubeconfig, '--request-timeout=20s', ...args], {
      env: { PATH: process.env.PATH, HOME: this.home, KUBECONFIG: '/dev/null' },
      timeout: 40_000,
    });
    return stdout;
  }
}
