/** The table of proposals of one service. The database itself refuses a maker who checks. */
export function approvalTableSql(role: string): string {
  return `
    CREATE TABLE approval (
      id uuid PRIMARY KEY,
      kind text NOT NULL,
      subject text NOT NULL,
      payload jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
      maker_id text NOT NULL,
      checker_id text,
      reason text NOT NULL,
      note text,
      proposed_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL CHECK (expires_at > proposed_at),
      decided_at timestamptz,
      CHECK (state NOT IN ('APPROVED', 'REJECTED') OR checker_id <> maker_id),
      CHECK ((state = 'PROPOSED') = (decided_at IS NULL))
    );
    GRANT SELECT, INSERT ON approval TO ${role};
    -- What was proposed, and by whom, is never rewritten.
    GRANT UPDATE (state, checker_id, note, decided_at) ON approval TO ${role};
  `;
}
