/**
 * The tables of proposals of one service. The database itself refuses a maker who checks, a person who decides twice, and more approvals
 * than there are steps.
 */
export function approvalTableSql(role: string): string {
  return `
    CREATE TABLE approval (
      id uuid PRIMARY KEY,
      kind text NOT NULL,
      subject text NOT NULL,
      payload jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED')),
      maker_id text NOT NULL,
      steps_required smallint NOT NULL CHECK (steps_required BETWEEN 1 AND 3),
      steps_done smallint NOT NULL DEFAULT 0 CHECK (steps_done BETWEEN 0 AND steps_required),
      checker_id text,
      reason text NOT NULL,
      note text,
      proposed_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL CHECK (expires_at > proposed_at),
      decided_at timestamptz,
      UNIQUE (id, maker_id),
      CHECK (state NOT IN ('APPROVED', 'REJECTED') OR checker_id <> maker_id),
      CHECK ((state = 'APPROVED') = (steps_done = steps_required)),
      CHECK ((state = 'PROPOSED') = (decided_at IS NULL))
    );
    CREATE INDEX approval_open ON approval (expires_at) WHERE state = 'PROPOSED';
    CREATE INDEX approval_by_kind ON approval (kind, id);
    GRANT SELECT, INSERT ON approval TO ${role};
    -- What was proposed, by whom, and how many must agree, is never rewritten.
    GRANT UPDATE (state, steps_done, checker_id, note, decided_at) ON approval TO ${role};

    -- Every decision, in order; the sweep that ends a late proposal stands here without a person.
    CREATE TABLE approval_decision (
      approval_id uuid NOT NULL,
      number smallint NOT NULL CHECK (number BETWEEN 1 AND 3),
      event text NOT NULL CHECK (event IN ('approve', 'reject', 'withdraw', 'expire')),
      maker_id text NOT NULL,
      person_id text,
      note text,
      decided_at timestamptz NOT NULL,
      PRIMARY KEY (approval_id, number),
      UNIQUE (approval_id, person_id),
      FOREIGN KEY (approval_id, maker_id) REFERENCES approval (id, maker_id),
      CHECK ((event = 'expire') = (person_id IS NULL)),
      CHECK ((event = 'withdraw') = (person_id = maker_id))
    );
    GRANT SELECT, INSERT ON approval_decision TO ${role};
  `;
}
