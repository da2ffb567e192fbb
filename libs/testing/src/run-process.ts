import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 30_000;

/** Jest loads set-up and teardown apart from each other; they meet in the process they both run in. */
const shared = globalThis as { jinkuTestRun?: { readonly child: ChildProcess; readonly folder: string } };

/**
 * Starts the process that owns the run's PostgreSQL, Kafka and Redis, and tells the workers of it in `JINKU_TEST_RUN`. It is a process of
 * its own so that it reads our sources with the conditions it needs, and it stops by itself when this one dies and its input closes.
 * Jest loads this file without transforming what it imports: only Node's own modules here.
 */
export async function startTestRun(): Promise<void> {
  if (shared.jinkuTestRun !== undefined) return;
  const program = fileURLToPath(new URL('./test-servers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@jinku/source', '--experimental-transform-types', '--no-warnings', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C in the terminal ends Jest; the servers then stop in order when their input closes.
    detached: true,
  });
  const run = await firstLine(child);
  process.env['JINKU_TEST_RUN'] = run;
  const { folder } = JSON.parse(run) as { folder: string };
  shared.jinkuTestRun = { child, folder };
  for (const stream of [child, child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();
}

export async function stopTestRun(): Promise<void> {
  const run = shared.jinkuTestRun;
  if (run === undefined) return;
  delete shared.jinkuTestRun;
  const leftOut = join(run.folder, 'left-out');
  const lines = existsSync(leftOut) ? new Set(readFileSync(leftOut, 'utf8').trim().split('\n')) : [];
  for (const line of lines) process.stderr.write(`left out: ${line}\n`);

  run.child.ref();
  const exited = once(run.child, 'exit');
  run.child.stdin?.end();
  const timer = setTimeout(() => run.child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
}

async function firstLine(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`the test servers did not start within ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the test servers did not start (exit ${code}); what they said stands above`));
    });
  });
}
