import { runServices } from '@jinku/service';
import { quotasService } from './index.ts';

await runServices([quotasService], process.env);
