import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { railNoticeReceivedV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { Database, GroupCommit } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { noticeMessage } from '../domain/notice-message.ts';
import { NoticeRepository, type StoredNotice } from '../persistence/notice.repository.ts';

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
      for (const item of items.toSorted((a, b) => (a.notice.noticeId < b.notice.noticeId ? -1 : 1))) {
        if (!firstById.has(item.notice.noticeId)) firstById.set(item.notice.noticeId, item);
      }
      const distinct = [...firstById.values()];
      const created = await this.notices.insertNew(tx, distinct, this.clock.now());
      const told = distinct.filter(({ notice }) => created.has(notice.noticeId)).map(({ notice }) => noticeMessage(notice));
      await this.outbox.addMany(tx, railNoticeReceivedV1, told);
      const repeated = items.filter((item) => !created.has(item.notice.noticeId) || firstById.get(item.notice.noticeId) !== item);
      const stored = repeated.length === 0 ? null : await this.notices.bodiesOf(tx, [...new Set(repeated.map(({ notice }) => notice.noticeId))]);
      return items.map((item) => {
        if (stored === null || !repeated.includes(item)) return 'STORED';
        return stored.get(item.notice.noticeId) === item.body ? 'KNOWN' : 'OTHER_CONTENT';
      });
    });
  }
}
