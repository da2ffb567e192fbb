import { migrateServices } from '@jinku/service';
import { auditService } from './index.ts';

await migrateServices([auditService], process.env);
