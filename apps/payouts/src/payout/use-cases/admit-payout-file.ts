import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { invalidRequest, Refusal } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { columnsOfViolations, PayoutFile, type FileRow } from '../domain/payout-file.ts';
import { PAYOUT_REFUSALS } from '../domain/payout-refusals.ts';
import { AdmitPayouts, readPayoutRequest, type ReadRequest } from './admit-payouts.ts';

/** Rows that are looked up and written in one statement a table. */
const ROWS_AT_ONCE = 500;
export const FILE_BYTES_MAX = 8 * 1024 * 1024;

/** A file that is whole and well formed, with the hash of its bytes. */
export interface ReadFile {
  readonly rows: readonly FileRow[];
  readonly hash: string;
}

export interface RefusedRow {
  /** As a spreadsheet counts: the header is row 1. */
  readonly row: number;
  readonly requestId: string | null;
  readonly refusal: { readonly code: string; readonly detail: string; readonly violations: readonly { readonly field: string; readonly rule: string }[] };
}

export interface AdmittedFile {
  readonly rows: number;
  readonly accepted: number;
  /** Of these, rows whose request id had been admitted before with the same content. */
  readonly known: number;
  readonly refused: readonly RefusedRow[];
}

/** Reads the file as it comes in; nothing of it is admitted before it is known to be whole. */
export async function readPayoutFile(chunks: AsyncIterable<Uint8Array>): Promise<ReadFile> {
  const file = new PayoutFile();
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > FILE_BYTES_MAX) throw PAYOUT_REFUSALS.FILE_TOO_LONG({ violations: [{ field: 'body', rule: `has at most ${FILE_BYTES_MAX} bytes` }] });
    hash.update(chunk);
    file.push(chunk);
  }
  return { rows: file.end(), hash: hash.digest('hex') };
}

/** Admits the rows of a file by the same rules as any request; each row is admitted or refused on its own, all in one transaction. */
@Injectable()
export class AdmitPayoutFile {
  constructor(private readonly admit: AdmitPayouts) {}

  async execute(tx: Tx, { file, clientId }: { file: ReadFile; clientId: string }): Promise<AdmittedFile> {
    const refused: RefusedRow[] = [];
    let known = 0;
    for (let start = 0; start < file.rows.length; start += ROWS_AT_ONCE) {
      const rows = file.rows.slice(start, start + ROWS_AT_ONCE);
      const admissions = await this.admit.execute(tx, rows.map((row) => readRow(row, clientId)));
      admissions.forEach((admission, at) => {
        const row = rows[at];
        if (admission instanceof Refusal) refused.push(refusedRow(row, admission));
        else if (!admission.isNew) known += 1;
      });
    }
    return { rows: file.rows.length, accepted: file.rows.length - refused.length, known, refused };
  }
}

function readRow({ given }: FileRow, clientId: string): ReadRequest {
  if (given !== null) return readPayoutRequest(given, { clientId, root: '' });
  return { clientId, root: '', requestHash: null, request: invalidRequest([{ field: 'row', rule: 'has as many values as the header' }]) };
}

function refusedRow(row: FileRow | undefined, { code, sentence, violations }: Refusal): RefusedRow {
  const requestId = row?.given?.['requestId'];
  return {
    row: row?.row ?? 0,
    requestId: typeof requestId === 'string' ? requestId.slice(0, 64) : null,
    refusal: { code, detail: sentence, violations: columnsOfViolations(violations) },
  };
}
