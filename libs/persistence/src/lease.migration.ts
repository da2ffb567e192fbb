/** The table of leases of one service; `role` is the service's login role. */
export function leaseTableSql(role: string): string {
  return `
    CREATE TABLE IF NOT EXISTS lease (
      name text PRIMARY KEY,
      holder text NOT NULL,
      epoch bigint NOT NULL CHECK (epoch > 0),
      expires_at timestamptz NOT NULL
    );
    GRANT SELECT, INSERT, UPDATE ON lease TO ${role};
  `;
}
