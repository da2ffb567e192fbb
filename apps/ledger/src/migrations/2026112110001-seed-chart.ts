import type { MigrationInterface, QueryRunner } from 'typeorm';

type Side = 'DEBIT' | 'CREDIT';
interface Seed {
  readonly code: string;
  readonly name: string;
  readonly side: Side;
  readonly parent?: string;
  readonly isControl?: true;
  readonly unit?: 'CNY.QUOTA';
}

/** The chart of a payment institution. A parent is listed before its children. */
const CHART: readonly Seed[] = [
  { code: '1001', name: 'Central reserve 央行备付金', side: 'DEBIT', isControl: true },
  { code: '1002', name: 'Mirror accounts of client-fund bank accounts 备付金账户', side: 'DEBIT', isControl: true },
  { code: '1003', name: 'Mirror accounts of own-fund bank accounts 自有资金账户', side: 'DEBIT', isControl: true },
  { code: '1004', name: 'Virtual accounts of clients 客户虚拟账户', side: 'DEBIT', isControl: true },
  { code: '1005', name: 'Virtual accounts of our own 自有虚拟账户', side: 'DEBIT', isControl: true },
  { code: '1006', name: 'Receivable from payment channels 渠道应收', side: 'DEBIT', isControl: true },
  ...ofBothFunds('1101', 'In transit 在途', 'DEBIT'),
  ...clearingHouse('1201', 'NetsUnion 网联'),
  ...clearingHouse('1202', 'UnionPay 银联'),
  { code: '1301', name: 'Charges on client money, to be made good from own funds 应补手续费', side: 'DEBIT' },
  { code: '1302', name: 'Interest of own funds that lies in client money 应收利息', side: 'DEBIT' },
  { code: '2001', name: 'Client funds payable 客户资金应付', side: 'CREDIT' },
  { code: '2002', name: 'Payouts payable 待付款项', side: 'CREDIT' },
  ...ofBothFunds('2101', 'Suspense 挂账', 'CREDIT'),
  { code: '2201', name: 'Interest that client money owes to own funds 应付利息', side: 'CREDIT' },
  { code: '2301', name: 'Charges that own funds owe to client money 应补客户备付金', side: 'CREDIT' },
  { code: '3001', name: 'Own capital 自有资本', side: 'CREDIT' },
  { code: '4001', name: 'Fee income 手续费收入', side: 'CREDIT' },
  { code: '4002', name: 'Interest 利息', side: 'CREDIT' },
  { code: '5001', name: 'Bank and channel charges 手续费支出', side: 'DEBIT' },
  ...quotaOf('9001', 'NetsUnion 网联'),
  ...quotaOf('9002', 'UnionPay 银联'),
];

function ofBothFunds(code: string, name: string, side: Side): Seed[] {
  return [
    { code, name, side, isControl: true },
    { code: `${code}.CLIENT`, name: `${name}: client money`, side, parent: code },
    { code: `${code}.OWN`, name: `${name}: own money`, side, parent: code },
  ];
}

function clearingHouse(code: string, name: string): Seed[] {
  const channel = (channelCode: string, channelName: string): Seed[] => [
    { code: `${code}.${channelCode}.RECEIVABLE`, name: `${name}, ${channelName}: receivable`, side: 'DEBIT', parent: code },
    { code: `${code}.${channelCode}.PAYABLE`, name: `${name}, ${channelName}: payable`, side: 'CREDIT', parent: code },
  ];
  return [
    { code, name: `${name}: clearing`, side: 'DEBIT', isControl: true },
    ...channel('PAYOUT', 'payouts'),
    ...channel('COLLECTION', 'collections'),
    { code: `${code}.CLEARED_NET`, name: `${name}: cleared net 轧差`, side: 'DEBIT', parent: code },
  ];
}

function quotaOf(code: string, name: string): Seed[] {
  const child = (part: string, side: Side, words: string): Seed => ({ code: `${code}.${part}`, name: `${name}: ${words}`, side, parent: code, unit: 'CNY.QUOTA' });
  return [
    { code, name: `${name}: quota memorandum 额度备查`, side: 'DEBIT', isControl: true, unit: 'CNY.QUOTA' },
    child('AVAILABLE', 'DEBIT', 'available quota 可用额度'),
    child('RESERVED', 'DEBIT', 'reserved quota'),
    child('CONSUMED', 'DEBIT', 'consumed quota'),
    child('MAPPED', 'CREDIT', 'mapped quota 映射额度 (contra)'),
  ];
}

/** Seeded accounts exist from the beginning of time: their opening is no event of the business. */
const OPENED_AT = '2000-01-01T00:00:00Z';

export class SeedChart2026112110001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const seed of CHART) {
      await runner.query(
        `INSERT INTO internal_account (code, name, unit, normal_side, parent_id, is_control, state, opened_at)
         VALUES ($1, $2, $3, $4, (SELECT id FROM internal_account WHERE code = $5), $6, 'OPEN', $7)`,
        [seed.code, seed.name, seed.unit ?? 'CNY', seed.side, seed.parent ?? null, seed.isControl === true, OPENED_AT],
      );
    }
    await runner.query('INSERT INTO account_balance (account_id) SELECT id FROM internal_account WHERE NOT is_control ORDER BY id');
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
