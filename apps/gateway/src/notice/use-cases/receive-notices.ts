import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { railNoticeReceivedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { Database, GroupCommit } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { noticeMessage } from '../domain/notice-message.ts';
import { NoticeRepository, noticeKey, type StoredNotice } from '../persistence/notice.repository.ts';

const NOTICES_PER_COMMIT_MAX = 500;
const LINGER_MS = 3;
const FLUSHES_MAX = 2;

/** What became of one notice: `OTHER_CONTENT` is a known id with another text. */
export type Reception = 'STORED' | 'KNOWN' | 'OTHER_CONTENT';

/** Notices that arrive together are stored and told of in one transaction; each is answered after its commit. */
@Injectable()
export class ReceiveNotices {
  readonly #commits: GroupCommit<StoredNotice, Reception>;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly notices: NoticeRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#commits = new GroupCommit({ itemsMax: NOTICES_PER_COMMIT_MAX, lingerMs: LINGER_MS, flushesMax: FLUSHES_MAX, flush: (items) => this.#store(items) });
  }

  execute(notice: StoredNotice): Promise<Reception> {
    return this.#commits.submit(notice);
  }

  #store(items: readonly StoredNotice[]): Promise<Reception[]> {
    return this.database.transaction(async (tx) => {
      // In the order of their ids, so that two flushes with the same notices wait for each other instead of deadlocking.
      const firstById = new Map<string, StoredNotice>();
      for (const item of items.toSorted((a, b) => (noticeKey(a.notice) < noticeKey(b.notice) ? -1 : 1))) {
        if (!firstById.has(noticeKey(item.notice))) firstById.set(noticeKey(item.notice), item);
      }
      const distinct = [...firstById.values()];
      const created = await this.notices.insertNew(tx, distinct, this.clock.now());
      const told = [...created].map(({ notice }) => noticeMessage(notice));
      await this.outbox.addMany(tx, railNoticeReceivedV1, told);
      const repeated = items.filter((item) => !created.has(item));
      const stored = repeated.length === 0 ? null : await this.notices.bodiesOf(tx, repeated.map(({ notice }) => notice));
      return items.map((item) => {
        if (stored === null || !repeated.includes(item)) return 'STORED';
        return stored.get(noticeKey(item.notice)) === item.body ? 'KNOWN' : 'OTHER_CONTENT';
      });
    });
  }
}
