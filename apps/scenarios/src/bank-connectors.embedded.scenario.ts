import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { businessDate, systemClock, type BusinessDate } from '@jinku/calendar';
import { Api, startStack, type Stack } from '@jinku/cli';
import { BankRail, banksOf, centralBankRail, OutcomeClass, type CentralBankRail, type RailAnswer, type TransferInstruction } from '@jinku/connectors';
import { createSigner, createVerifier } from '@jinku/security';

const TIMEOUT_MS = 700;
const WITHIN_MS = 20_000;
/** A business day passes in about nine seconds: statements are of days that are over. */
const CLOCK_RATE = 10_000;
const STARTS_AT = '2026-11-20T01:00:00.000Z';
/** Two seconds of wall time. */
const LATER_MS = 2_000 * CLOCK_RATE;
const SIGNERS = ['hmac-sm3', 'rsa', 'sm2'] as const;
const ALPHA = '6214830100000001';
const BETA = '6214850100000001';
const RESERVE = { accountNumber: '1000000000000001', accountName: '金库支付有限公司备付金', bankCode: '001100000008' };

type Expected = Partial<Pick<RailAnswer, 'outcome' | 'detail' | 'code'>>;

/** Outcome classes that each signer has met, by a real exchange with a bank. */
const met = new Map<string, Set<OutcomeClass>>();

jest.setTimeout(120_000);

describe.each(SIGNERS)('the connectors of banks and central bank and the simulator\'s own process, signing with %s', (signer) => {
  let stack: Stack;
  let alpha: BankRail;
  let beta: BankRail;
  let centralBank: CentralBankRail;
  let houses: Api;
  let environment: Record<string, string>;

  beforeAll(async () => {
    const stateDir = join(tmpdir(), `jinku-banks-${process.pid}-${randomUUID().slice(0, 8)}`);
    const settings = {
      JINKU_SIGNER: signer,
      JINKU_CLOCK_RATE: String(CLOCK_RATE),
      JINKU_CLOCK_ANCHOR_BUSINESS: STARTS_AT,
      JINKU_CLOCK_ANCHOR_WALL: String(Date.now()),
    };
    stack = await startStack({ profile: 'embedded', stateDir, services: ['rail-simulator'], env: settings, fsync: false });
    const url = stack.urls['rail-simulator'];
    environment = { JINKU_SIGNER: signer, JINKU_CENTRAL_BANK_URL: url, JINKU_BANK_ALPHA_URL: url, JINKU_BANK_BETA_URL: url };
    [alpha, beta] = banksOf(environment, stack.keysDir) as [BankRail, BankRail];
    centralBank = centralBankRail(environment, stack.keysDir) as CentralBankRail;
    houses = new Api(url);
    await put('/admin/hvps', { mode: 'OPEN' });
    for (const [bank, account] of [['alpha', ALPHA], ['beta', BETA]] as const) {
      await put(`/admin/banks/${bank}/accounts/${account}`, { accountName: '金库支付有限公司', openingBalance: '100000.00' });
    }
    met.set(signer, new Set());
  });

  afterAll(async () => {
    for (const rail of [alpha, beta, centralBank] as (BankRail | CentralBankRail | undefined)[]) await rail?.close();
    await (stack as Stack | undefined)?.stop();
    if ((stack as Stack | undefined) !== undefined) rmSync(stack.stateDir, { recursive: true, force: true });
  });

  async function put(path: string, body: unknown): Promise<void> {
    await houses.call({ method: 'PUT', path, body });
  }

  function told({ outcome, detail, code }: RailAnswer): Expected {
    met.get(signer)?.add(outcome);
    return { outcome, detail, code };
  }

  async function submit(changes: Partial<TransferInstruction> = {}, bank = alpha): Promise<RailAnswer> {
    return await bank.submitTransfer(anInstruction(changes), { timeoutMs: TIMEOUT_MS });
  }

  /** What inquiries come to once the result is no longer open. */
  async function resultOf(serialNumber: string): Promise<OutcomeClass> {
    return await eventually(async () => told(await alpha.inquireTransfer(serialNumber)).outcome as OutcomeClass, (outcome) => outcome !== 'ACCEPTED');
  }

  test.each<[string, Record<string, unknown> | null, Expected, OutcomeClass]>([
    ['a transfer that goes well', null, { outcome: 'ACCEPTED', detail: 'ANSWERED', code: '0000' }, 'SUCCEEDED'],
    ['a closed account', { fault: 'BUSINESS_FAILURE', code: '0101' }, { outcome: 'ACCEPTED', detail: 'ANSWERED', code: '0000' }, 'FAILED'],
    ['a frozen account', { fault: 'BUSINESS_FAILURE', code: '0103' }, { outcome: 'ACCEPTED', detail: 'ANSWERED', code: '0000' }, 'FAILED'],
    ['a refusal for risk', { fault: 'RISK_REFUSAL' }, { outcome: 'REJECTED_RISK', detail: 'ANSWERED', code: '0401' }, 'NOT_FOUND'],
    ['no answer, executed', { fault: 'TIMEOUT_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'SUCCEEDED'],
    ['no answer, not executed', { fault: 'TIMEOUT_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'TIMEOUT', code: null }, 'NOT_FOUND'],
    ['a reset, executed', { fault: 'RESET_AFTER_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'CONNECTION_LOST', code: null }, 'SUCCEEDED'],
    ['a reset, not executed', { fault: 'RESET_BEFORE_EXECUTION' }, { outcome: 'UNKNOWN', detail: 'CONNECTION_LOST', code: null }, 'NOT_FOUND'],
    ['a stranger\'s signature', { fault: 'WRONG_SIGNATURE' }, { outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE', code: null }, 'SUCCEEDED'],
    ['a code that decides nothing', { fault: 'SYSTEM_BUSY' }, { outcome: 'UNKNOWN', detail: 'UNMAPPED', code: '9999' }, 'NOT_FOUND'],
  ])('%s, and then inquiries', async (_, fault, expected, found) => {
    await put('/admin/banks/faults', { transfers: fault === null ? [] : [fault] });
    const { serialNumber } = anInstruction();
    const submitted = told(await submit({ serialNumber }));

    expect(submitted).toEqual(expected);
    expect(await resultOf(serialNumber)).toBe(found);
  });

  test('money that comes back is told as returned after the success', async () => {
    await put('/admin/banks/faults', { transfers: [{ fault: 'DEBITED_AND_RETURNED', delayMs: LATER_MS }] });
    const { serialNumber } = anInstruction();
    await submit({ serialNumber });

    expect(await resultOf(serialNumber)).toBe('SUCCEEDED');
    const inquire = async (): Promise<OutcomeClass> => told(await alpha.inquireTransfer(serialNumber)).outcome as OutcomeClass;
    expect(await eventually(inquire, (outcome) => outcome === 'RETURNED')).toBe('RETURNED');
  });

  test('a number that was seen before is a duplicate, whatever the content, and moves nothing', async () => {
    await put('/admin/banks/faults', {});
    const { serialNumber } = anInstruction();
    await submit({ serialNumber });
    const before = await alpha.readBalance(ALPHA);
    const again = [told(await submit({ serialNumber })), told(await submit({ serialNumber, amountMinor: 9_900n }))];

    expect(again.map(({ outcome, code }) => [outcome, code])).toEqual([['REJECTED_DUPLICATE', '0201'], ['REJECTED_DUPLICATE', '0201']]);
    expect((await alpha.readBalance(ALPHA)).balanceMinor).toBe(before.balanceMinor);
  });

  test('what a bank refuses at its door has its class', async () => {
    await put('/admin/banks/faults', {});
    await put('/admin/hvps', { mode: 'CLOSED' });
    const closed = told(await submit());
    await put('/admin/hvps', { mode: 'OPEN' });

    expect(closed).toEqual({ outcome: 'REJECTED_WINDOW', detail: 'ANSWERED', code: '0302' });
    expect(told(await submit({ validUntil: new Date(Date.now() - 1_000) }))).toEqual({ outcome: 'REJECTED_WINDOW', detail: 'ANSWERED', code: '0302' });
    expect(told(await submit({ amountMinor: 10_000_001n }))).toEqual({ outcome: 'REJECTED_FUNDS', detail: 'ANSWERED', code: '0301' });
    expect(told(await submit({ fromAccount: BETA }))).toEqual({ outcome: 'REJECTED_RISK', detail: 'ANSWERED', code: '0401' });
    expect(told(await submit({ purpose: '' }))).toEqual({ outcome: 'REJECTED_FORMAT', detail: 'ANSWERED', code: '0501' });
  });

  test('one bank\'s keys open no other bank\'s door, and the refusal is believed only because the bank signed it', async () => {
    const before = await alpha.readBalance(ALPHA);
    const stranger = strangerOf(signer, { stack, environment });
    const answer = told(await submit({}, stranger));
    await stranger.close();

    expect(answer).toEqual({ outcome: 'REJECTED_SIGNATURE', detail: 'ANSWERED', code: '0502' });
    expect((await alpha.readBalance(ALPHA)).balanceMinor).toBe(before.balanceMinor);
  });

  test('a transfer to the reserve shows there with its number, in a chain of balances that ends at the balance', async () => {
    await put('/admin/banks/faults', {});
    const serials = Array.from({ length: 3 }, () => anInstruction().serialNumber);
    for (const serialNumber of serials) expect((await submit({ serialNumber, amountMinor: 700n })).outcome).toBe('ACCEPTED');
    const arrived = await eventually(() => movementsSince(centralBank), (movements) => serials.every((serial) => movements.has(serial)));
    const { outcome, balanceMinor } = await centralBank.readBalance(RESERVE.accountNumber);

    expect(serials.map((serial) => arrived.get(serial))).toEqual([700n, 700n, 700n]);
    expect([outcome, typeof balanceMinor]).toEqual(['SUCCEEDED', 'bigint']);
    expect((await centralBank.readBalance('1000000000000009')).outcome).toBe('UNKNOWN');
  });

  test('statements of a day that is over are fetched byte for byte, and of one that is not are not there', async () => {
    await houses.call({ method: 'POST', path: `/admin/banks/beta/accounts/${BETA}/entries`, body: { kind: 'INTEREST', amount: '1.23', purpose: '结息' } });
    const day = await businessDay(beta, BETA);
    const { fileName, bytes } = await eventually(() => beta.fetchStatement(BETA, day), ({ outcome }) => outcome === 'SUCCEEDED');
    const camt = await eventually(() => alpha.fetchStatement(ALPHA, day), ({ outcome }) => outcome === 'SUCCEEDED');
    const none = await alpha.fetchStatement(ALPHA, businessDate('2099-01-01'));

    expect(fileName).toBe(`mingxi_${BETA}_${day}.csv`);
    expect(new TextDecoder('gb18030', { fatal: true }).decode(bytes ?? Buffer.alloc(0))).toContain(`账号,${BETA}\r\n户名,金库支付有限公司\r\n交易日期,${day}`);
    expect(camt.bytes?.toString('utf8')).toContain('urn:iso:std:iso:20022:tech:xsd:camt.053.001.08');
    expect(none).toEqual({ outcome: 'NOT_FOUND', fileName: null, bytes: null, detail: 'ANSWERED' });
  });

  test('so every outcome class has been reached by a real exchange', () => {
    expect([...(met.get(signer) ?? [])].sort()).toEqual(Object.values(OutcomeClass).sort());
  });
});

function anInstruction(changes: Partial<TransferInstruction> = {}): TransferInstruction {
  return {
    serialNumber: `JINKU001-${randomUUID()}`,
    fromAccount: ALPHA,
    amountMinor: 8_800n,
    payee: RESERVE,
    purpose: '上划',
    reference: 'T-1',
    validUntil: new Date(Date.now() + 60_000),
    ...changes,
  };
}

/** Signs to bank alpha with bank beta's keys of the institution, and knows alpha's own. */
function strangerOf(signer: (typeof SIGNERS)[number], { stack, environment }: { stack: Stack; environment: Record<string, string> }): BankRail {
  if (signer === 'hmac-sm3') {
    const secretOf = (folder: string): Buffer => Buffer.from(readFileSync(join(stack.keysDir, folder, 'hmac.key'), 'utf8').trim(), 'hex');
    return new BankRail({
      connectorType: 'BANK_ALPHA',
      basePath: '/banks/alpha/v1',
      origin: stack.urls['rail-simulator'],
      institution: 'JINKU001',
      signer: createSigner({ algorithm: 'HMAC-SM3', keyId: 'institution.hmac', secret: secretOf('bank-beta') }),
      houseVerifiers: [createVerifier({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: secretOf('bank-alpha') })],
      clock: systemClock,
      connections: 1,
    });
  }
  const keysDir = mkdtempSync(join(stack.stateDir, 'stranger-'));
  cpSync(stack.keysDir, keysDir, { recursive: true });
  cpSync(join(keysDir, 'bank-beta', `institution.${signer}.key`), join(keysDir, 'bank-alpha', `institution.${signer}.key`));
  const [stranger] = banksOf(environment, keysDir) as [BankRail];
  return stranger;
}

/** The amounts of the reserve's credits by the payer's reference, of the business dates from the simulator's start on. */
async function movementsSince(centralBank: CentralBankRail): Promise<Map<string, bigint>> {
  const credits = new Map<string, bigint>();
  const { asOf } = await centralBank.readBalance(RESERVE.accountNumber);
  for (let atMs = Date.parse(STARTS_AT); atMs <= (asOf?.getTime() ?? 0) + 86_400_000; atMs += 86_400_000) {
    for (let cursor: string | null = null; ; ) {
      const page = await centralBank.readMovements(RESERVE.accountNumber, dayOf(atMs), cursor);
      expect(page.outcome).toBe('SUCCEEDED');
      for (const { payerReference, amountMinor } of page.movements) credits.set(payerReference ?? '', amountMinor);
      cursor = page.cursor;
      if (cursor === null) break;
    }
  }
  return credits;
}

async function businessDay(bank: BankRail, accountNumber: string): Promise<BusinessDate> {
  const { asOf } = await bank.readBalance(accountNumber);
  return dayOf(asOf?.getTime() ?? 0);
}

function dayOf(atMs: number): BusinessDate {
  return businessDate(new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10));
}

async function eventually<T>(read: () => Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const value = await read();
    if (isEnough(value) || performance.now() > deadline) return value;
    await pause(50);
  }
}
