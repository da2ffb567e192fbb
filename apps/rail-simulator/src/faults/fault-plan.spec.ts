import { FaultKind } from './fault.ts';
import { faultOf, faultPlanSchema, isWithoutFaults, NO_FAULTS, type FaultSubject } from './fault-plan.ts';

const RATES = {
  TIMEOUT_AFTER_EXECUTION: { share: 0.1 },
  LATE_NOTICE: { share: 0.2, delayMs: 700 },
  BUSINESS_FAILURE: { share: 0.05 },
} as const;
const PLAN = faultPlanSchema.parse({ seed: 's1', rates: RATES });

/** Neither the bank nor the time is of any matter to an entry that does not name them. */
const ANYWHERE = { bankCode: '102100099996', at: new Date('2026-11-21T06:00:00Z') };

const SUBJECTS: readonly FaultSubject[] = Array.from({ length: 4_000 }, (_, at) => ({
  ...ANYWHERE,
  payeeAccount: `62220202${String(at % 500).padStart(8, '0')}`,
  amount: `${1 + (at % 7)}.00`,
  occurrence: 1 + Math.floor(at / 3_500),
}));

function playedIn(order: readonly FaultSubject[], plan = PLAN): string[] {
  return order.map((subject) => `${JSON.stringify(subject)} ${JSON.stringify(faultOf(plan, subject))}`).sort();
}

test('the arrival order changes no fault', () => {
  const shuffled = SUBJECTS.map((subject, at) => ({ subject, key: (at * 7_919) % 4_001 })).sort((a, b) => a.key - b.key);

  expect(playedIn(shuffled.map(({ subject }) => subject))).toEqual(playedIn(SUBJECTS));
});

test('the order in which a plan names its rates changes no fault', () => {
  const turned = faultPlanSchema.parse({ seed: 's1', rates: Object.fromEntries(Object.entries(RATES).reverse()) });

  expect(playedIn(SUBJECTS, turned)).toEqual(playedIn(SUBJECTS));
});

test('another seed, payee, amount or occurrence is another throw of the dice', () => {
  const kinds = (subjects: readonly FaultSubject[], plan = PLAN): string =>
    subjects.map((subject) => faultOf(plan, subject)?.kind ?? '-').join();
  const base = kinds(SUBJECTS);

  expect(kinds(SUBJECTS, { ...PLAN, seed: 's2' })).not.toBe(base);
  expect(kinds(SUBJECTS.map((subject) => ({ ...subject, occurrence: subject.occurrence + 1 })))).not.toBe(base);
  expect(kinds(SUBJECTS.map((subject) => ({ ...subject, amount: `1${subject.amount}` })))).not.toBe(base);
  expect(kinds(SUBJECTS.map((subject) => ({ ...subject, payeeAccount: `9${subject.payeeAccount}` })))).not.toBe(base);
});

test('the shares come out as asked', () => {
  const subjects = Array.from({ length: 20_000 }, (_, at) => ({ ...ANYWHERE, payeeAccount: `62220${at}`, amount: '1.00', occurrence: 1 }));
  const count = (kind: string): number => subjects.filter((subject) => faultOf(PLAN, subject)?.kind === kind).length;

  expect(count('TIMEOUT_AFTER_EXECUTION') / 20_000).toBeCloseTo(0.1, 1);
  expect(count('LATE_NOTICE') / 20_000).toBeCloseTo(0.2, 1);
  expect(count('LOST_NOTICE')).toBe(0);
});

test('the script comes before the rates, and may say that all goes well', () => {
  const plan = faultPlanSchema.parse({
    rates: { SLOW_ANSWER: { share: 1 } },
    script: [
      { payeeAccount: '622200001', occurrence: 2, fault: 'BUSINESS_FAILURE', code: '0103' },
      { payeeAccount: '622200001', fault: null },
    ],
  });
  const first = { ...ANYWHERE, payeeAccount: '622200001', amount: '1.00', occurrence: 1 };

  expect(faultOf(plan, first)).toBeNull();
  expect(faultOf(plan, { ...first, occurrence: 2 })).toMatchObject({ kind: 'BUSINESS_FAILURE', code: '0103' });
  expect(faultOf(plan, { ...first, payeeAccount: '622200002' })).toMatchObject({ kind: 'SLOW_ANSWER', code: null });
});

test('a business failure without a code draws one', () => {
  const plan = faultPlanSchema.parse({ rates: { BUSINESS_FAILURE: { share: 1 } } });
  const codes = new Set(SUBJECTS.map((subject) => faultOf(plan, subject)?.code));

  expect([...codes].sort()).toEqual(['0101', '0102', '0103']);
});

test.each([
  ['shares above 1 in all', { rates: { SLOW_ANSWER: { share: 0.6 }, LOST_NOTICE: { share: 0.6 } } }],
  ['an unknown fault', { rates: { EARTHQUAKE: { share: 0.1 } } }],
  ['an unknown field', { rate: {} }],
  ['an instant to a time of day', { script: [{ from: '2026-11-21T06:00:00Z', until: '15:00', fault: 'SLOW_ANSWER' }] }],
  ['a time that no clock shows', { script: [{ from: '24:30', fault: 'SLOW_ANSWER' }] }],
  ['a bank for an adjustment', { script: [{ operation: 'QUOTA_INCREASE', bankCode: '102100099996', fault: 'SYSTEM_BUSY' }] }],
  ['an amount of three decimals', { script: [{ amount: '1.000', fault: 'SLOW_ANSWER' }] }],
])('a plan with %s is refused', (_, plan) => {
  expect(faultPlanSchema.safeParse(plan).success).toBe(false);
});

test("a bank's outage meets every payout to that bank while it lasts, and no other", () => {
  const outage = { bankCode: '105100000017', from: '14:00', until: '14:30', fault: 'TIMEOUT_AFTER_EXECUTION' } as const;
  const plan = faultPlanSchema.parse({ script: [outage] });
  const kindAt = (at: string, bankCode: string = outage.bankCode): string | undefined => faultOf(plan, { ...(SUBJECTS[0] as FaultSubject), bankCode, at: new Date(at) })?.kind;

  expect(['2026-11-21T05:59:59.999Z', '2026-11-21T06:00:00Z', '2026-11-21T06:29:59.999Z', '2026-11-21T06:30:00Z', '2026-11-22T06:15:00Z'].map((at) => kindAt(at))).toEqual([
    undefined,
    'TIMEOUT_AFTER_EXECUTION',
    'TIMEOUT_AFTER_EXECUTION',
    undefined,
    'TIMEOUT_AFTER_EXECUTION',
  ]);
  expect(kindAt('2026-11-21T06:15:00Z', '102100099996')).toBeUndefined();
});

test('a span may be of instants, go over midnight, or have one end', () => {
  const kinds = (span: object, instants: string[]): boolean[] => {
    const plan = faultPlanSchema.parse({ script: [{ ...span, fault: 'SYSTEM_BUSY' }] });
    return instants.map((at) => faultOf(plan, { ...(SUBJECTS[0] as FaultSubject), at: new Date(at) }) !== null);
  };

  expect(kinds({ from: '2026-11-21T06:00:00Z', until: '2026-11-21T07:00:00Z' }, ['2026-11-21T06:00:00Z', '2026-11-21T07:00:00Z', '2026-11-22T06:30:00Z'])).toEqual([true, false, false]);
  expect(kinds({ from: '23:30', until: '00:30' }, ['2026-11-21T15:30:00Z', '2026-11-21T16:29:00Z', '2026-11-21T16:30:00Z'])).toEqual([true, true, false]);
  expect(kinds({ from: '12:00' }, ['2026-11-21T03:59:00Z', '2026-11-21T15:59:00Z'])).toEqual([false, true]);
  expect(kinds({ until: '2026-11-21T06:00:00Z' }, ['2020-01-01T00:00:00Z', '2026-11-21T06:00:00Z'])).toEqual([true, false]);
});

test('an empty plan and one of zero shares are without faults', () => {
  expect(isWithoutFaults(NO_FAULTS)).toBe(true);
  expect(isWithoutFaults(faultPlanSchema.parse({ rates: { SLOW_ANSWER: { share: 0 } } }))).toBe(true);
  expect(Object.keys(FaultKind)).toEqual(Object.values(FaultKind));
});
