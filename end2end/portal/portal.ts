// A portal of one's own and a sandbox behind it: the programs that were just built, with an empty data directory, on free ports.
import { ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

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
    private readonly programs: ChildProcess[],
    private readonly said: string[],
  ) {}

  /** Starts both and returns when the portal says that it is ready. `more` is added to the portal's configuration. */
  static async start(more = '', port?: number): Promise<Portal> {
    const binary = process.env.HANGAR_BIN ?? join(repository, 'target/debug/hangar');
    const site = process.env.HANGAR_SITE_DIR ?? join(repository, 'target/site');
    const data = await mkdtemp(join(tmpdir(), 'hangar-end2end-'));
    const address = `127.0.0.1:${port ?? (await freePort())}`;
    const said: string[] = [];
    const programs: ChildProcess[] = [];
    const run = (program: string, args: string[], ready: RegExp) => {
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      programs.push(child);
      return saying(child, said, ready);
    };
    try {
      const sandbox = join(dirname(binary), 'hangar-sandbox');
      const file = await run(sandbox, ['--data-dir', data, '--portal', address, '--pace', '100'], /--config (\S+)/);
      await appendFile(file, more);
      const url = (await run(binary, ['serve', '--config', file, '--site-dir', site], /ready at (https?:\/\/\S+)/)).replace(/\/$/, '');
      origins.add(url);
      return new Portal(url, data, programs.reverse(), said);
    } catch (error) {
      for (const program of programs) program.kill('SIGKILL');
      await rm(data, { recursive: true, force: true });
      throw error;
    }
  }

  /** Everything it wrote so far, for the report of a failed test. */
  log(): string {
    return this.said.join('');
  }

  /** Asks the portal and then the sandbox to end, waits until they have, and removes their data. */
  async stop(): Promise<void> {
    for (const program of this.programs) {
      const ended = new Promise((done) => program.once('exit', done));
      if (program.exitCode !== null || program.signalCode !== null) continue;
      program.kill('SIGTERM');
      const impatience = setTimeout(() => program.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(impatience);
    }
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}

/** Resolves with what a program prints where `ready` has its group. */
function saying(program: ChildProcess, said: string[], ready: RegExp): Promise<string> {
  return new Promise((resolveReady, reject) => {
    const name = program.spawnfile;
    const explain = (what: string) => reject(new Error(`${what}\n${said.join('')}`));
    const timer = setTimeout(() => explain(`${name} is not ready after ${patience / 1000} s`), patience);
    const listen = (chunk: Buffer) => {
      said.push(chunk.toString());
      const found = ready.exec(said.join(''))?.[1];
      if (found) {
        clearTimeout(timer);
        resolveReady(found);
      }
    };
    program.stdout?.on('data', listen);
    program.stderr?.on('data', listen);
    program.once('error', (error) => explain(`${name} cannot be started: ${error.message}`));
    program.once('exit', (code, signal) => {
      clearTimeout(timer);
      explain(`${name} ended with ${signal ?? code}`);
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
