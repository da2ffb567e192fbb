import { migrateServices } from '@jinku/service';
import { ledgerService } from './index.ts';

await migrateServices([ledgerService], process.env);
