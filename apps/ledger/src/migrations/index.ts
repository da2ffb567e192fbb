import type { MigrationClass } from '@jinku/persistence';
import { CreateJournal2026112110000 } from './2026112110000-create-journal.ts';
import { SeedChart2026112110001 } from './2026112110001-seed-chart.ts';

export const ledgerMigrations: readonly MigrationClass[] = [CreateJournal2026112110000, SeedChart2026112110001];
