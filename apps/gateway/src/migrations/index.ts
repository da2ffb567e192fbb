import type { MigrationClass } from '@jinku/persistence';
import { CreatePersonAndClient2026112110000 } from './2026112110000-create-person-and-client.ts';
import { CreateNoticeAndMessageDoor2026112110001 } from './2026112110001-create-notice-and-message-door.ts';

export const gatewayMigrations: readonly MigrationClass[] = [CreatePersonAndClient2026112110000, CreateNoticeAndMessageDoor2026112110001];
