import { migrateServices } from '@jinku/service';
import { quotasService } from './index.ts';

await migrateServices([quotasService], process.env);
