import type { Exit, ManagedProcess } from '@jinku/infrastructure';
import { restartDelayMs, SupervisedProcess, type Part, type ProcessEvent } from './supervised-process.ts';

/** A process that dies when it is told to. */
function fakeProcess(name: string): ManagedProcess {
  let hasExited = false;
  let exit: (how: Exit) => void = () => undefined;
  const exited = new Promise<Exit>((resolve) => {
    exit = (how) => {
      hasExited = true;
      resolve(how);
    };
  });
  return {
    name,
    pid: 1,
    exited,
    get hasExited() {
      return hasExited;
    },
    kill: (signal: NodeJS.Signals) => exit({ code: null, signal }),
    stop: () => {
      exit({ code: 0, signal: null });
      return exited;
    },
  } as unknown as ManagedProcess;
}

function partThat(start: Part['start']): Part {
  return { name: 'ledger', url: 'http://127.0.0.1:1', logFile: '/none', start, isReady: () => Promise.resolve(true) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs > 5_000) throw new Error('the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a process that dies is started again and the death is told', async () => {
  const events: ProcessEvent[] = [];
  const supervised = new SupervisedProcess(
    partThat(() => Promise.resolve(fakeProcess('ledger'))),
    (event) => events.push(event),
  );
  await supervised.start();

  await supervised.kill('SIGKILL');
  await until(() => supervised.restarts === 1 && supervised.state === 'READY');

  expect(events.map((event) => event.type)).toEqual(['READY', 'DIED', 'READY']);
  expect(events[1]).toMatchObject({ how: 'was killed by SIGKILL', againInMs: 100 });
  await supervised.stop();
});

test('a first start that fails is thrown and not tried again', async () => {
  let starts = 0;
  const supervised = new SupervisedProcess(
    partThat(() => {
      starts += 1;
      return Promise.reject(new Error('no such file'));
    }),
    () => undefined,
  );

  await expect(supervised.start()).rejects.toThrow('no such file');
  expect(starts).toBe(1);
  expect(supervised.state).toBe('DIED');
});

test('a stop during the wait for the next start does not start it', async () => {
  let starts = 0;
  const supervised = new SupervisedProcess(
    partThat(() => {
      starts += 1;
      return Promise.resolve(fakeProcess('ledger'));
    }),
    () => undefined,
  );
  await supervised.start();
  await supervised.kill('SIGKILL');
  await until(() => supervised.state === 'DIED');

  await supervised.stop();

  expect(starts).toBe(1);
  expect(supervised.state).toBe('STOPPED');
});

test('a stop while a start is under way stops what was started', async () => {
  const spawned = fakeProcess('ledger');
  const supervised = new SupervisedProcess(
    partThat(async (tell) => {
      tell(spawned);
      await spawned.exited;
      throw new Error('ended before it was ready');
    }),
    () => undefined,
  );
  const start = supervised.start();
  const outcome = start.catch((error: unknown) => (error as Error).message);

  await supervised.stop();

  expect(await outcome).toBe('ended before it was ready');
  expect(spawned.hasExited).toBe(true);
});

test('the wait doubles with each death in a row and ends at five seconds', () => {
  expect([0, 1, 2, 3, 10].map(restartDelayMs)).toEqual([100, 200, 400, 800, 5_000]);
});
