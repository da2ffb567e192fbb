import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recognition rules that every installation begins with, under ids that are the same everywhere. */
const RULES = [
  { position: 100, name: 'Net of a session of NetsUnion 网联清算', kind: 'SETTLEMENT', condition: { accountClasses: ['CENTRAL_RESERVE'], referencePattern: 'NETSUNION:####-##-##' } },
  { position: 110, name: 'Net of a session of UnionPay 银联清算', kind: 'SETTLEMENT', condition: { accountClasses: ['CENTRAL_RESERVE'], referencePattern: 'UNIONPAY:####-##-##' } },
  { position: 200, name: 'Our own transfer, by its serial number 资金调拨', kind: 'TRANSFER', condition: { referencePattern: '????????########2#########' } },
  { position: 210, name: 'A payout, by its serial number 付款', kind: 'PAYOUT', condition: { direction: 'DEBIT', referencePattern: '????????########0#########' } },
  { position: 300, name: 'Interest, by the bank\'s own word 利息', kind: 'INTEREST', condition: { codes: ['INTEREST'] } },
  { position: 310, name: 'Interest, by the purpose 利息', kind: 'INTEREST', condition: { direction: 'CREDIT', purposeContains: ['利息', '结息'] } },
  { position: 400, name: 'Charge, by the bank\'s own word 手续费', kind: 'CHARGE', condition: { direction: 'DEBIT', codes: ['CHARGE'] } },
  { position: 410, name: 'Charge, by the purpose 手续费', kind: 'CHARGE', condition: { direction: 'DEBIT', purposeContains: ['手续费', '管理费', '工本费'] } },
] as const;

/** How each bank's statements are read; a column mapping says what a CSV export calls what. */
const FORMATS = [
  { connectorType: 'BANK_ALPHA', format: 'CAMT_053', mapping: null },
  {
    connectorType: 'BANK_BETA',
    format: 'BANK_CSV',
    mapping: {
      encoding: 'gb18030',
      header: {
        accountNumber: '账号', opening: '期初余额', closing: '期末余额', debitTotal: '借方合计', creditTotal: '贷方合计', businessDate: '交易日期', entryCount: '笔数',
      },
      columns: {
        date: '交易日期', debit: '借方金额', credit: '贷方金额', balance: '余额', counterpartyNumber: '对方账号', counterpartyName: '对方户名', bankReference: '流水号', purpose: '摘要',
      },
      referenceLength: 26,
      isCodeInPurpose: true,
    },
  },
] as const;

export class CreateStatement2026112110001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(STATEMENT_TABLES);
    for (const [index, { position, name, kind, condition }] of RULES.entries()) {
      await runner.query(
        `INSERT INTO recognition_rule (rule_id, version, position, name, kind, condition, is_in_force, approved_at) VALUES ($1, 1, $2, $3, $4, $5, true, '2000-01-01T00:00:00Z')`,
        [`01993c1e-0000-7000-8000-00000000b${String(index + 1).padStart(3, '0')}`, position, name, kind, JSON.stringify(condition)],
      );
    }
    for (const { connectorType, format, mapping } of FORMATS) {
      await runner.query('INSERT INTO statement_format (connector_type, format, mapping) VALUES ($1, $2, $3)', [
        connectorType,
        format,
        mapping === null ? null : JSON.stringify(mapping),
      ]);
    }
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}

const STATEMENT_TABLES = `
  CREATE TABLE statement_format (
    connector_type text PRIMARY KEY,
    format text NOT NULL CHECK (format IN ('CAMT_053', 'BANK_CSV')),
    mapping jsonb,
    CHECK ((format = 'BANK_CSV') = (mapping IS NOT NULL))
  );

  CREATE TABLE recognition_rule (
    rule_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    position integer NOT NULL CHECK (position > 0),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('TRANSFER', 'SETTLEMENT', 'PAYOUT', 'INTEREST', 'CHARGE')),
    condition jsonb NOT NULL,
    is_in_force boolean NOT NULL,
    approved_at timestamptz NOT NULL,
    PRIMARY KEY (rule_id, version)
  );

  -- Exactly what came, with its SHA-256: the evidence of every entry.
  CREATE TABLE original_file (
    id uuid PRIMARY KEY,
    sha256 bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
    file_name text NOT NULL,
    content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 8388608),
    source text NOT NULL CHECK (source IN ('UPLOAD', 'RAIL')),
    received_at timestamptz NOT NULL
  );

  CREATE TABLE statement (
    id uuid PRIMARY KEY,
    file_id uuid NOT NULL UNIQUE REFERENCES original_file (id),
    account_id uuid NOT NULL REFERENCES account (id),
    business_date date NOT NULL,
    format text NOT NULL CHECK (format IN ('CAMT_053', 'BANK_CSV', 'MOVEMENTS')),
    state text NOT NULL CHECK (state IN ('ACCEPTED', 'QUARANTINED', 'REPLACED')),
    -- Null of a file that could not be read.
    opening bigint,
    closing bigint,
    credit_total bigint,
    debit_total bigint,
    entry_count integer,
    faults jsonb NOT NULL,
    imported_at timestamptz NOT NULL,
    accepted_at timestamptz,
    CHECK (num_nulls(opening, closing, credit_total, debit_total, entry_count) IN (0, 5)),
    CHECK ((state = 'ACCEPTED') = (accepted_at IS NOT NULL)),
    CHECK (state <> 'ACCEPTED' OR (opening IS NOT NULL AND opening + credit_total - debit_total = closing AND faults = '[]'))
  );
  CREATE UNIQUE INDEX statement_accepted_once ON statement (account_id, business_date) WHERE state = 'ACCEPTED';
  CREATE INDEX statement_by_date ON statement (business_date, id);

  CREATE TABLE statement_entry (
    id uuid PRIMARY KEY,
    statement_id uuid NOT NULL REFERENCES statement (id),
    account_id uuid NOT NULL REFERENCES account (id),
    business_date date NOT NULL,
    entry_number integer NOT NULL CHECK (entry_number > 0),
    amount bigint NOT NULL CHECK (amount <> 0),
    value_date date NOT NULL,
    bank_reference text NOT NULL,
    reference text,
    counterparty_number text,
    counterparty_name text,
    purpose text,
    code text,
    kind text NOT NULL CHECK (kind IN ('TRANSFER', 'SETTLEMENT', 'PAYOUT', 'INTEREST', 'CHARGE', 'UNKNOWN_CREDIT', 'UNKNOWN_DEBIT')),
    rule_id uuid,
    rule_version integer,
    UNIQUE (statement_id, entry_number),
    -- An entry is imported once, whichever file brings it again.
    CONSTRAINT statement_entry_once UNIQUE (account_id, bank_reference),
    FOREIGN KEY (rule_id, rule_version) REFERENCES recognition_rule (rule_id, version),
    CHECK ((rule_id IS NULL) = (kind IN ('UNKNOWN_CREDIT', 'UNKNOWN_DEBIT'))),
    CHECK ((rule_id IS NULL) = (rule_version IS NULL))
  );
  CREATE INDEX statement_entry_by_date ON statement_entry (account_id, business_date);
  CREATE INDEX statement_entry_by_reference ON statement_entry (reference) WHERE reference IS NOT NULL;
  CREATE INDEX statement_entry_unknown ON statement_entry (id) WHERE rule_id IS NULL;

  GRANT SELECT ON statement_format TO jinku_audit;
  GRANT SELECT, INSERT ON recognition_rule, original_file, statement, statement_entry TO jinku_audit;
  GRANT UPDATE (state, faults, accepted_at) ON statement TO jinku_audit;
`;
