import { runServices } from '@jinku/service';
import { auditService } from './index.ts';

await runServices([auditService], process.env);
