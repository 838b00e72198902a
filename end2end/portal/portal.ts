// A portal of one's own: the binary that was just built, with an empty data directory, on a free port.
import { ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const patience = 60_000;
const repository = resolve(import.meta.dirname, '../..');

/** Where the portals of this worker answer. */
const origins = new Set<string>();

/** Whether a page is one of ours, and not an identity provider's. */
export function isOurs(url: string): boolean {
  return URL.canParse(url) && origins.has(new URL(url).origin);
}

export class Portal {
  private constructor(
    /** Where it answers, without a slash at the end. */
    readonly url: string,
    /** Where it keeps its database and keys. */
    readonly dataDirectory: string,
    private readonly server: ChildProcess,
    private readonly said: string[],
  ) {}

  /** Starts a portal and returns when it says that it is ready. `more` are arguments for `hangar serve`. */
  static async start(more: string[] = [], port?: number): Promise<Portal> {
    const binary = process.env.HANGAR_BIN ?? join(repository, 'target/debug/hangar');
    const site = process.env.HANGAR_SITE_DIR ?? join(repository, 'target/site');
    const data = await mkdtemp(join(tmpdir(), 'hangar-end2end-'));
    const address = `127.0.0.1:${port ?? (await freePort())}`;
    const said: string[] = [];
    const server = spawn(binary, ['serve', '--listen', address, '--data-dir', data, '--site-dir', site, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const url = await ready(server, said);
      origins.add(url);
      return new Portal(url, data, server, said);
    } catch (error) {
      server.kill('SIGKILL');
      await rm(data, { recursive: true, force: true });
      throw error;
    }
  }

  /** Everything it wrote so far, for the report of a failed test. */
  log(): string {
    return this.said.join('');
  }

  /** Asks it to end, waits until it has, and removes its data. */
  async stop(): Promise<void> {
    const ended = new Promise((done) => this.server.once('exit', done));
    if (this.server.exitCode === null && this.server.signalCode === null) {
      this.server.kill('SIGTERM');
      const impatience = setTimeout(() => this.server.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(impatience);
    }
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}

/** Resolves with the address that the server prints. */
function ready(server: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolveReady, reject) => {
    const explain = (what: string) => reject(new Error(`${what}\n${said.join('')}`));
    const timer = setTimeout(() => explain(`the portal is not ready after ${patience / 1000} s`), patience);
    const listen = (chunk: Buffer) => {
      said.push(chunk.toString());
      const address = /ready at (https?:\/\/\S+)/.exec(said.join(''))?.[1];
      if (address) {
        clearTimeout(timer);
        resolveReady(address.replace(/\/$/, ''));
      }
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('error', (error) => explain(`the portal cannot be started: ${error.message}`));
    server.once('exit', (code, signal) => {
      clearTimeout(timer);
      explain(`the portal ended with ${signal ?? code}`);
    });
  });
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => done(port));
    });
  });
}
