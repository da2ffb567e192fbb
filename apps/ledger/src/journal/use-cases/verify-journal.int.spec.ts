import { VerificationRepository } from '../persistence/verification.repository.ts';
import { aLedger, anEntry, CHAIN_PASS_MS, type LedgerForTest } from '../journal.builder.ts';

let ledger: LedgerForTest;
beforeEach(async () => {
  ledger = await aLedger();
  for (let batch = 0; batch < 4; batch += 1) await ledger.post(anEntry(), anEntry());
});
afterEach(() => ledger.test.drop());

const verify = () => ledger.verify.execute({ pagesMax: 100 });

/** Past every trigger and grant, as somebody with the superuser's password would. */
async function tamper(statement: string): Promise<void> {
  const client = await ledger.test.admin.connect();
  await client.query('SET session_replication_role = replica');
  await client.query(statement);
  await client.query('RESET session_replication_role');
  client.release();
}

test('the watermark goes on from where it was, and stands still when nothing is new', async () => {
  expect(await verify()).toMatchObject({ sequence: 4n, brokenSequence: null });
  await ledger.post(anEntry());

  expect(await verify()).toMatchObject({ sequence: 5n });
  expect(await verify()).toMatchObject({ sequence: 5n });
  expect(await ledger.controls()).toEqual([]);
});

test('a batch behind the watermark is not read again in this pass; the next pass finds what was changed in it', async () => {
  await verify();
  await tamper('UPDATE journal_line SET amount = amount * 2 WHERE batch_id = 2');
  expect(await verify()).toMatchObject({ brokenSequence: null });

  ledger.clock.advance(24 * CHAIN_PASS_MS);

  expect(await verify()).toMatchObject({ sequence: 0n, brokenSequence: 2n, brokenWhy: 'an entry or its lines were changed' });
});

test('a history that was rewritten as a whole does not fit the watermark', async () => {
  await verify();
  await tamper(`UPDATE journal_batch SET hash = sha256(hash) WHERE sequence = 4`);

  expect(await verify()).toMatchObject({ sequence: 4n, brokenSequence: 4n, brokenWhy: 'a verified batch was removed or replaced' });
});

test('a tail that was cut off together with its head is seen', async () => {
  await verify();
  await tamper(`DELETE FROM journal_batch WHERE sequence = 4; UPDATE journal_head SET sequence = 3, hash = (SELECT hash FROM journal_batch WHERE sequence = 3)`);

  expect(await verify()).toMatchObject({ brokenSequence: 4n });
});

test('entries and lines outside every batch are found with the page that they fall in', async () => {
  await tamper('INSERT INTO journal_line SELECT 99, amount, entry_number, account_id, line_number FROM journal_line WHERE batch_id = 2');

  expect(await verify()).toMatchObject({ brokenWhy: 'entries or lines stand outside every batch' });
});

test('two replicas that verify at once count no line twice', async () => {
  await Promise.all([verify(), verify(), verify()]);
  await verify();

  expect(await ledger.controls()).toEqual([]);
  expect(await new VerificationRepository().find(ledger.database)).toMatchObject({ sequence: 4n });
});

test('postings go on while the chain is verified', async () => {
  await Promise.all([...Array.from({ length: 20 }, () => ledger.post(anEntry())), verify(), verify()]);

  expect(await verify()).toMatchObject({ sequence: 24n, brokenSequence: null });
  expect(await ledger.controls()).toEqual([]);
});

test('a point that was changed behind the journal\'s back is found, and so is a posting to a parent', async () => {
  await tamper('UPDATE balance_point SET debit_total = debit_total + 1 WHERE debit_total > 0');
  expect(await ledger.controls()).toContainEqual({ accountCode: '2001', finding: 'the balance is not the sum of its lines' });

  await tamper(`INSERT INTO balance_point (sequence, account_id, debit_total, credit_total) SELECT 4, id, 5, 0 FROM internal_account WHERE code = '1201'`);
  expect(await ledger.controls()).toContainEqual({ accountCode: '1201', finding: 'a parent account has lines' });
});
