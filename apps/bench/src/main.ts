import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, POSTGRES_ADMIN, startPostgres } from '@jinku/infrastructure';
import { runLedgerBench } from './ledger.ts';
import { runPayoutBench } from './payouts.ts';
import { runStartBench } from './start.ts';

const BENCHES = {
  payouts: { sentence: 'P2: payouts a second end to end on the cluster profile; --seconds N (120), --assert', run: benchPayouts },
  ledger: { sentence: 'P1 and P4: postings a second against the leanest SQL, and on one hot account', run: benchLedger },
  start: { sentence: 'P7: the demo up to its first payout, and the idle memory of the embedded profile; --fresh-clone also times the demo of a clone', run: benchStart },
} as const;

const [name, ...flags] = process.argv.slice(2);
if (name === 'list') {
  for (const [known, { sentence }] of Object.entries(BENCHES)) process.stdout.write(`${known}  ${sentence}\n`);
} else if (name !== undefined && Object.hasOwn(BENCHES, name)) {
  process.exitCode = await BENCHES[name as keyof typeof BENCHES].run();
} else {
  process.stderr.write(`There is no bench ${name ?? ''}; ./jinku bench list names them.\n`);
  process.exitCode = 2;
}

/** On a PostgreSQL of its own with fsync on, so that nothing else is measured. */
async function benchLedger(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'jinku-bench-'));
  chmodSync(folder, 0o755);
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const postgres = await startPostgres({ folder, port, secret, logFile: join(folder, 'postgres.log') });
  try {
    const figures = await runLedgerBench({
      databaseUrl: `postgres://127.0.0.1:${port}/postgres`,
      databaseSecret: secret,
      databaseAdmin: POSTGRES_ADMIN,
      seed: 7,
      print: (line) => process.stdout.write(`${line}\n`),
    });
    return figures.every(({ isMet }) => isMet) ? 0 : 1;
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchPayouts(): Promise<number> {
  const { values } = parseArgs({ args: flags, options: { seconds: { type: 'string', default: '120' }, assert: { type: 'boolean', default: false } } });
  const isMet = await runPayoutBench({ seconds: Number(values.seconds), isAsserting: values.assert, print: (line) => process.stdout.write(`${line}\n`) });
  return isMet ? 0 : 1;
}

async function benchStart(): Promise<number> {
  const { values } = parseArgs({ args: flags, options: { 'fresh-clone': { type: 'boolean', default: false } } });
  return (await runStartBench({ withFreshClone: values['fresh-clone'], print: (line) => process.stdout.write(`${line}\n`) })) ? 0 : 1;
}
