/**
 * The last statement of every transaction that posts. Functions, because each statement inside sees what was committed while it waited for the
 * head: totals are the newest, points stand in the order of the chain, and no two batches can wait for each other. Both take the head first.
 */
export function closeBatchSql(role: string): string {
  return `
  -- Chains the batch whose rows this session wrote under currval('journal_batch_id') and brings balances forward. p_released_* take holds back.
  CREATE FUNCTION close_batch(
    p_now timestamptz, p_root bytea, p_entries integer, p_lines integer,
    p_accounts integer[], p_debits bigint[], p_credits bigint[],
    p_released_accounts integer[], p_released_debits bigint[], p_released_credits bigint[],
    OUT sequence bigint, OUT booked_at timestamptz, OUT crossings jsonb
  ) LANGUAGE plpgsql AS $$
  DECLARE
    v_hash bytea;
  BEGIN
    UPDATE journal_head h
    SET sequence = h.sequence + 1,
        booked_at = greatest(h.booked_at, p_now),
        hash = sha256(h.hash || p_root || int8send(h.sequence + 1) || int8send((extract(epoch FROM greatest(h.booked_at, p_now)) * 1000)::bigint))
    RETURNING h.sequence, h.hash, h.booked_at INTO close_batch.sequence, v_hash, close_batch.booked_at;

    INSERT INTO journal_batch (sequence, id, booked_at, entry_count, line_count, root, hash)
    VALUES (close_batch.sequence, currval('journal_batch_id'), close_batch.booked_at, p_entries, p_lines, p_root, v_hash);

    IF cardinality(p_released_accounts) > 0 THEN
      PERFORM release_holds(p_released_accounts, p_released_debits, p_released_credits);
    END IF;

    WITH moved AS (
      UPDATE account_balance b SET debit_total = b.debit_total + d.debit, credit_total = b.credit_total + d.credit
      FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit)
      WHERE b.account_id = d.account_id
      RETURNING b.account_id, b.debit_total, b.credit_total
    )
    INSERT INTO balance_point (sequence, account_id, debit_total, credit_total)
    SELECT close_batch.sequence, m.account_id, m.debit_total, m.credit_total FROM moved m;

    PERFORM assert_account_rules(p_accounts, p_debits, p_credits);

    SELECT jsonb_agg(jsonb_build_object('monitorId', c.id, 'accountCode', c.code, 'threshold', c.threshold::text, 'balance', c.balance::text,
                                        'direction', CASE WHEN c.balance >= c.threshold THEN 'ABOVE' ELSE 'BELOW' END))
    INTO close_batch.crossings
    FROM (
      SELECT m.id, a.code, m.threshold,
             (b.debit_total - b.credit_total) * s.sign AS balance,
             (b.debit_total - b.credit_total - d.debit + d.credit) * s.sign AS balance_before
      FROM balance_monitor m
      JOIN unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit) USING (account_id)
      JOIN account_balance b USING (account_id)
      JOIN internal_account a ON a.id = m.account_id
      CROSS JOIN LATERAL (SELECT CASE a.normal_side WHEN 'DEBIT' THEN 1 ELSE -1 END AS sign) s
    ) c
    WHERE (c.balance >= c.threshold) <> (c.balance_before >= c.threshold);
  END $$;

  CREATE FUNCTION release_holds(p_accounts integer[], p_debits bigint[], p_credits bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE account_balance b SET pending_debit = b.pending_debit - d.debit, pending_credit = b.pending_credit - d.credit
    FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit) WHERE b.account_id = d.account_id;
  $$;

  -- Sets aside, or with negative figures gives back, what a pending entry will move.
  CREATE FUNCTION change_holds(p_accounts integer[], p_debits bigint[], p_credits bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM journal_head FOR UPDATE;
    UPDATE account_balance b SET pending_debit = b.pending_debit + d.debit, pending_credit = b.pending_credit + d.credit
    FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit) WHERE b.account_id = d.account_id;
    PERFORM assert_account_rules(p_accounts, p_debits, p_credits);
  END $$;

  -- A frozen account takes nothing, a closed one neither. A balance may not leave its bounds, counting holds against it, nor move further outside.
  CREATE FUNCTION assert_account_rules(p_accounts integer[], p_debits bigint[], p_credits bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    broken record;
  BEGIN
    SELECT a.code,
           CASE WHEN a.state = 'FROZEN' THEN 'FROZEN' WHEN a.state = 'CLOSED' THEN 'CLOSED'
                WHEN x.lowest < a.balance_min AND x.outflow > 0 THEN 'OVERDRAWN' ELSE 'ABOVE_MAXIMUM' END AS rule
    INTO broken
    FROM unnest(p_accounts, p_debits, p_credits) AS d(account_id, debit, credit)
    JOIN internal_account a ON a.id = d.account_id
    JOIN account_balance b ON b.account_id = d.account_id
    CROSS JOIN LATERAL (
      SELECT CASE a.normal_side WHEN 'DEBIT' THEN b.debit_total - b.credit_total - b.pending_credit ELSE b.credit_total - b.debit_total - b.pending_debit END AS lowest,
             CASE a.normal_side WHEN 'DEBIT' THEN b.debit_total - b.credit_total + b.pending_debit ELSE b.credit_total - b.debit_total + b.pending_credit END AS highest,
             CASE a.normal_side WHEN 'DEBIT' THEN d.credit ELSE d.debit END AS outflow,
             CASE a.normal_side WHEN 'DEBIT' THEN d.debit ELSE d.credit END AS inflow
    ) x
    WHERE ((a.state <> 'OPEN') AND (d.debit > 0 OR d.credit > 0))
       OR (x.lowest < a.balance_min AND x.outflow > 0)
       OR (x.highest > a.balance_max AND x.inflow > 0)
    ORDER BY a.id LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION '%', broken.rule USING ERRCODE = 'JK001', CONSTRAINT = 'account_rule', DETAIL = broken.code;
    END IF;
  END $$;

  REVOKE ALL ON FUNCTION
    close_batch(timestamptz, bytea, integer, integer, integer[], bigint[], bigint[], integer[], bigint[], bigint[]),
    release_holds(integer[], bigint[], bigint[]), change_holds(integer[], bigint[], bigint[]),
    assert_account_rules(integer[], bigint[], bigint[]) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION
    close_batch(timestamptz, bytea, integer, integer, integer[], bigint[], bigint[], integer[], bigint[], bigint[]),
    release_holds(integer[], bigint[], bigint[]), change_holds(integer[], bigint[], bigint[]),
    assert_account_rules(integer[], bigint[], bigint[]) TO ${role};
  `;
}
