import { migrateServices } from '@jinku/service';
import { accountsService } from './index.ts';

await migrateServices([accountsService], process.env);
