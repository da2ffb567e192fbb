import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT } from './checkout.ts';
import { stackFolders } from './folders.ts';
import { PORT_NAMES, type Ports } from './service-names.ts';
import { ownStateDir, runningStack } from './stack.ts';
import { releaseLock, takeLock, writeState } from './state-file.ts';

const ports = Object.fromEntries(PORT_NAMES.map((name, index) => [name, 10_000 + index])) as Ports;

afterEach(() => {
  delete process.env['JINKU_STATE_DIR'];
});

test('the state folder is the checkout\'s own until another is named, from wherever the command is called', () => {
  const own = ownStateDir();
  process.env['JINKU_STATE_DIR'] = 'elsewhere';

  expect(ownStateDir()).toBe(join(CHECKOUT, 'elsewhere'));
  expect(own).not.toBe(ownStateDir());
});

test('a stack is told of while somebody supervises it, and not by what it left behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jinku-stack-'));
  const { stateFile, lockFile } = stackFolders(folder);
  const part = { name: 'treasury', pid: 1, state: 'READY', url: '', logFile: '', restarts: 0 } as const;
  writeState(stateFile, { profile: 'embedded', ports, parts: [part] });

  const leftBehind = runningStack(folder);
  takeLock(lockFile);
  const running = runningStack(folder);
  releaseLock(lockFile);
  rmSync(folder, { recursive: true, force: true });

  expect(leftBehind).toBeNull();
  expect(running).toMatchObject({ urls: { gateway: `http://127.0.0.1:${ports.gateway}` }, processes: [part] });
});
