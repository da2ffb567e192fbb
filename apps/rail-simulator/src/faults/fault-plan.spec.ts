import { FaultKind } from './fault.ts';
import { faultOf, faultPlanSchema, isWithoutFaults, NO_FAULTS, type FaultSubject } from './fault-plan.ts';

const RATES = {
  TIMEOUT_AFTER_EXECUTION: { share: 0.1 },
  LATE_NOTICE: { share: 0.2, delayMs: 700 },
  BUSINESS_FAILURE: { share: 0.05 },
} as const;
const PLAN = faultPlanSchema.parse({ seed: 's1', rates: RATES });

const SUBJECTS: readonly FaultSubject[] = Array.from({ length: 4_000 }, (_, at) => ({
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
  const subjects = Array.from({ length: 20_000 }, (_, at) => ({ payeeAccount: `62220${at}`, amount: '1.00', occurrence: 1 }));
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
  const first = { payeeAccount: '622200001', amount: '1.00', occurrence: 1 };

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
  ['an amount of three decimals', { script: [{ amount: '1.000', fault: 'SLOW_ANSWER' }] }],
])('a plan with %s is refused', (_, plan) => {
  expect(faultPlanSchema.safeParse(plan).success).toBe(false);
});

test('an empty plan and one of zero shares are without faults', () => {
  expect(isWithoutFaults(NO_FAULTS)).toBe(true);
  expect(isWithoutFaults(faultPlanSchema.parse({ rates: { SLOW_ANSWER: { share: 0 } } }))).toBe(true);
  expect(Object.keys(FaultKind)).toEqual(Object.values(FaultKind));
});
