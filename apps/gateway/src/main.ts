import { runServices } from '@jinku/service';
import { gatewayService } from './index.ts';

await runServices([gatewayService], process.env);
