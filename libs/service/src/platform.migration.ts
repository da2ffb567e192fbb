/** The tables that every service has beside those of messaging: request keys (kept for ever) and the audit trail (append-only). */
export function platformTablesSql(role: string): string {
  return `
    CREATE TABLE request_key (
      owner text NOT NULL,
      key text NOT NULL,
      request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
      answer jsonb,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (owner, key)
    );
    GRANT SELECT, INSERT, UPDATE ON request_key TO ${role};

    CREATE TABLE audit_entry (
      sequence bigint PRIMARY KEY CHECK (sequence > 0),
      content text NOT NULL,
      hash bytea NOT NULL CHECK (length(hash) = 32)
    );
    GRANT SELECT, INSERT ON audit_entry TO ${role};

    CREATE TABLE audit_head (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      sequence bigint NOT NULL,
      hash bytea NOT NULL CHECK (length(hash) = 32)
    );
    INSERT INTO audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
    GRANT SELECT, UPDATE ON audit_head TO ${role};
  `;
}
