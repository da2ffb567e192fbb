import type { Fault, FaultKind } from '../faults/fault.ts';
import { FaultKind as Kinds } from '../faults/fault.ts';
import { decide, noticesOf, railReferenceOf } from './decide.ts';

const REQUEST = {
  serialNumber: 'S1',
  amountMinor: 1_000n,
  payeeAccount: '6222020200112233445',
  payeeName: '张伟',
  bankCode: '102100099996',
  purpose: '提现',
  businessLine: 'WITHDRAWAL',
  merchantId: 'M0001',
  validUntilMs: 2_000,
};
const PLACE = { clearingHouse: 'NETSUNION', institution: 'JINKU001' } as const;
const CIRCUMSTANCES = { place: PLACE, now: new Date(1_500), wallNow: 1_500, clearingDate: '2026-11-21', availableMinor: 1_000n };

function aFault(kind: FaultKind, changes: Partial<Fault> = {}): Fault {
  return { kind, delayMs: 100, code: null, ...changes };
}

test('what is no longer valid is never executed, not even by a fault that executes', () => {
  const late = { ...CIRCUMSTANCES, wallNow: 2_000 };

  for (const kind of Object.values(Kinds)) {
    expect(decide(REQUEST, aFault(kind), late)).not.toMatchObject({ row: { status: 'SUCCEEDED' } });
  }
  expect(decide(REQUEST, null, late)).toMatchObject({ row: { status: 'REFUSED', code: '0302' } });
});

test('one fen above the available quota is refused', () => {
  expect(decide(REQUEST, null, { ...CIRCUMSTANCES, availableMinor: 999n })).toMatchObject({ row: { status: 'REFUSED', code: '0301' } });
  expect(decide(REQUEST, null, CIRCUMSTANCES)).toMatchObject({ row: { status: 'SUCCEEDED', code: '0000' } });
});

test('each fault comes to one conclusion', () => {
  const conclusions = Object.fromEntries(
    Object.values(Kinds).map((kind) => {
      const conclusion = decide(REQUEST, aFault(kind, kind === 'BUSINESS_FAILURE' ? { code: '0102' } : {}), CIRCUMSTANCES);
      return [
        kind,
        conclusion.kind === 'CONCLUDED'
          ? `${conclusion.row.status} ${conclusion.row.toldFrom === null ? 'at once' : 'later'}`
          : conclusion.kind,
      ];
    }),
  );

  expect(conclusions).toEqual({
    TIMEOUT_BEFORE_EXECUTION: 'FORGOTTEN',
    TIMEOUT_AFTER_EXECUTION: 'SUCCEEDED at once',
    RESET_BEFORE_EXECUTION: 'FORGOTTEN',
    RESET_AFTER_EXECUTION: 'SUCCEEDED at once',
    SERVER_ERROR_BEFORE_EXECUTION: 'FORGOTTEN',
    SERVER_ERROR_AFTER_EXECUTION: 'SUCCEEDED at once',
    SYSTEM_BUSY: 'FORGOTTEN',
    LATE_EXECUTION: 'SUCCEEDED at once',
    SLOW_ANSWER: 'SUCCEEDED at once',
    HTML_ANSWER: 'SUCCEEDED at once',
    EMPTY_ANSWER: 'SUCCEEDED at once',
    WRONG_SIGNATURE: 'SUCCEEDED at once',
    BUSINESS_FAILURE: 'FAILED at once',
    RISK_REFUSAL: 'REFUSED at once',
    LATE_NOTICE: 'SUCCEEDED later',
    LOST_NOTICE: 'SUCCEEDED later',
    DUPLICATE_NOTICE: 'SUCCEEDED later',
    FORGED_NOTICE: 'SUCCEEDED later',
    WRONG_AMOUNT_NOTICE: 'SUCCEEDED later',
  });
});

test('each notice fault writes its notices, and no other fault writes any', () => {
  const notices = Object.values(Kinds).flatMap((kind) => {
    const conclusion = decide(REQUEST, aFault(kind), CIRCUMSTANCES);
    if (conclusion.kind !== 'CONCLUDED') return [];
    return noticesOf(conclusion).map(
      (notice) =>
        `${kind}: ${notice.status} ${notice.amountMinor} at ${notice.dueAt.getTime()}, ${notice.takesWanted}×${notice.isForged ? ' forged' : ''}`,
    );
  });

  expect(notices).toEqual([
    'LATE_NOTICE: SUCCEEDED 1000 at 1600, 1×',
    'DUPLICATE_NOTICE: SUCCEEDED 1000 at 1600, 2×',
    'FORGED_NOTICE: FAILED 1000 at 1600, 1× forged',
    'FORGED_NOTICE: SUCCEEDED 1000 at 1700, 1×',
    'WRONG_AMOUNT_NOTICE: SUCCEEDED 1100 at 1600, 1×',
  ]);
});

test('a late notice with a code tells of a failure', () => {
  expect(decide(REQUEST, aFault('LATE_NOTICE', { code: '0101' }), CIRCUMSTANCES)).toMatchObject({
    row: { status: 'FAILED', code: '0101' },
  });
});

test("the reference follows from the number, as in the protocol page's example", () => {
  expect(railReferenceOf(PLACE, 'JINKU001202611210000000001')).toBe('NBC52BFE9B074AECB6DCF064A');
  expect(railReferenceOf({ ...PLACE, clearingHouse: 'UNIONPAY' }, 'JINKU001202611210000000001')).toMatch(/^U[0-9A-F]{24}$/);
});
