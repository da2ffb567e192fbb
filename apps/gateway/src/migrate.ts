import { migrateServices } from '@jinku/service';
import { gatewayService } from './index.ts';

await migrateServices([gatewayService], process.env);
