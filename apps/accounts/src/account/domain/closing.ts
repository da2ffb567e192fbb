/** What must hold before an account may be closed. */
export const ClosingCheck = {
  /** No payout draws on the account. */
  OPEN_PAYOUTS: 'OPEN_PAYOUTS',
  /** No transfer order has an open leg over the account. */
  OPEN_TRANSFERS: 'OPEN_TRANSFERS',
  /** The bank's own figure is zero. */
  BANK_BALANCE: 'BANK_BALANCE',
  /** UnionPay holds no registration of the account. */
  REGISTRATION: 'REGISTRATION',
  /** The internal account is empty, and closed: asked last, because only a closed account stays empty. */
  LEDGER_BALANCE: 'LEDGER_BALANCE',
} as const;
export type ClosingCheck = (typeof ClosingCheck)[keyof typeof ClosingCheck];

export const ClosingAnswer = {
  /** No service answers this here; a person must state it, with evidence. Never counts as a good answer. */
  NOT_ASKED: 'NOT_ASKED',
  /** Asked, and not answered yet. */
  ASKED: 'ASKED',
  /** Nothing stands against the closing. */
  CLEAR: 'CLEAR',
  /** Something does: the closing ends and the account goes back to where it was. */
  REFUSED: 'REFUSED',
} as const;
export type ClosingAnswer = (typeof ClosingAnswer)[keyof typeof ClosingAnswer];

export type ClosingAnswers = Readonly<Record<ClosingCheck, ClosingAnswer>>;

/** The checks that a person states, because no service answers them here. */
export const STATED_CHECKS = [ClosingCheck.OPEN_PAYOUTS, ClosingCheck.OPEN_TRANSFERS, ClosingCheck.BANK_BALANCE] as const;
export type StatedCheck = (typeof STATED_CHECKS)[number];

/** How a closing starts. The register knows its own registrations; the ledger is asked when all else is clear. */
export function firstAnswers({ isUnregistered }: { isUnregistered: boolean }): ClosingAnswers {
  return {
    OPEN_PAYOUTS: ClosingAnswer.NOT_ASKED,
    OPEN_TRANSFERS: ClosingAnswer.NOT_ASKED,
    BANK_BALANCE: ClosingAnswer.NOT_ASKED,
    REGISTRATION: isUnregistered ? ClosingAnswer.CLEAR : ClosingAnswer.ASKED,
    LEDGER_BALANCE: ClosingAnswer.NOT_ASKED,
  };
}

export const ClosingStep = { WAIT: 'WAIT', ASK_LEDGER: 'ASK_LEDGER', CLOSE: 'CLOSE', REOPEN: 'REOPEN' } as const;
export type ClosingStep = (typeof ClosingStep)[keyof typeof ClosingStep];

/** What follows from the answers so far: any refusal reopens, and the ledger comes last. */
export function nextClosingStep({ LEDGER_BALANCE: ledger, ...others }: ClosingAnswers): ClosingStep {
  const answers = Object.values(others);
  if (ledger === ClosingAnswer.REFUSED || answers.includes(ClosingAnswer.REFUSED)) return ClosingStep.REOPEN;
  if (!answers.every((answer) => answer === ClosingAnswer.CLEAR)) return ClosingStep.WAIT;
  if (ledger === ClosingAnswer.CLEAR) return ClosingStep.CLOSE;
  return ledger === ClosingAnswer.ASKED ? ClosingStep.WAIT : ClosingStep.ASK_LEDGER;
}
