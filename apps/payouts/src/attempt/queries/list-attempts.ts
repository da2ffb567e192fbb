import { Injectable } from '@nestjs/common';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';

export interface InquiryView {
  readonly number: number;
  readonly outcome: string;
  readonly code: string | null;
  readonly detail: string;
  readonly askedAt: string;
}

export interface AttemptView {
  readonly number: number;
  readonly route: string;
  /** Why this house: its line's primary took it, or what kept it from there. */
  readonly routeReason: string | null;
  readonly serialNumber: string;
  readonly amount: string;
  readonly committedAt: string;
  readonly validUntil: string;
  readonly outcome: string | null;
  readonly conclusion: string | null;
  readonly concludedBy: string | null;
  readonly code: string | null;
  readonly railReference: string | null;
  readonly clearingDate: string | null;
  readonly concludedAt: string | null;
  /** When the rail is asked next; null when the attempt is over or its answer is waited for. */
  readonly inquireAt: string | null;
  readonly inquiries: readonly InquiryView[];
}

type AttemptRow = Omit<AttemptView, 'amount' | 'committedAt' | 'validUntil' | 'concludedAt' | 'inquireAt' | 'inquiries'> & {
  readonly amountMinor: bigint;
  readonly committedAt: Date;
  readonly validUntil: Date;
  readonly concludedAt: Date | null;
  readonly inquireAt: Date | null;
};

@Injectable()
export class ListAttempts {
  constructor(private readonly database: Database) {}

  /** All attempts of one payout with every inquiry, in order. */
  async execute(payoutId: string): Promise<AttemptView[]> {
    const attempts = await this.database.query<AttemptRow>(
      `SELECT a.attempt_number AS number, a.route, a.route_reason AS "routeReason", a.serial_number AS "serialNumber", a.amount_minor AS "amountMinor", a.committed_at AS "committedAt",
         a.valid_until AS "validUntil", a.outcome, a.conclusion, a.concluded_by AS "concludedBy", a.code, a.rail_reference AS "railReference",
         a.clearing_date AS "clearingDate", a.concluded_at AS "concludedAt", o.inquire_at AS "inquireAt"
       FROM attempt a LEFT JOIN open_attempt o ON o.serial_number = a.serial_number WHERE a.payout_id = $1 ORDER BY a.attempt_number`,
      [payoutId],
    );
    const inquiries = await this.database.query<Omit<InquiryView, 'askedAt'> & { serialNumber: string; askedAt: Date }>(
      `SELECT serial_number AS "serialNumber", inquiry_number AS number, outcome, code, detail, asked_at AS "askedAt"
       FROM inquiry WHERE serial_number = ANY($1::text[]) ORDER BY serial_number, inquiry_number`,
      [attempts.map((attempt) => attempt.serialNumber)],
    );
    return attempts.map(({ amountMinor, committedAt, validUntil, concludedAt, inquireAt, ...attempt }) => ({
      ...attempt,
      amount: formatAmount(amountMinor),
      committedAt: committedAt.toISOString(),
      validUntil: validUntil.toISOString(),
      concludedAt: concludedAt?.toISOString() ?? null,
      inquireAt: inquireAt?.toISOString() ?? null,
      inquiries: inquiries
        .filter((inquiry) => inquiry.serialNumber === attempt.serialNumber)
        .map(({ number, outcome, code, detail, askedAt }) => ({ number, outcome, code, detail, askedAt: askedAt.toISOString() })),
    }));
  }
}
