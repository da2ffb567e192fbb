import type { MigrationInterface, QueryRunner } from 'typeorm';
import { approvalTableSql } from '@jinku/approvals';
import { railBudgetTableSql, railMessageLogTablesSql, serialNumberTableSql } from '@jinku/connectors';
import { messagingTablesSql } from '@jinku/messaging';
import { leaseTableSql } from '@jinku/persistence';
import { platformTablesSql } from '@jinku/service';

const ROLE = 'jinku_payouts';

export class CreatePlatform2026112100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(platformTablesSql(ROLE));
    await runner.query(messagingTablesSql(ROLE));
    await runner.query(leaseTableSql(ROLE));
    await runner.query(approvalTableSql(ROLE));
    await runner.query(serialNumberTableSql(ROLE));
    await runner.query(railBudgetTableSql(ROLE));
    await runner.query(railMessageLogTablesSql(ROLE));
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
