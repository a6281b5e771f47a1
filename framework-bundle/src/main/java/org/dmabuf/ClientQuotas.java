package org.dmabuf;

import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.Quota;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.seam.Seam;

/** What one client has of all that is limited. Thread-safe. */
final class ClientQuotas {
  private final MemoryAccount account;
  private final Quota buffers;
  private final Quota files;
  private final Quota fences;
  private final Quota pinned;
  private final AtomicLong lent = new AtomicLong();

  ClientQuotas(String name, MemoryAccount account) {
    this.account = account;
    this.buffers = new Quota(Limit.BUFFERS, name);
    this.files = new Quota(Limit.FILES, name);
    this.fences = new Quota(Limit.FENCES, name);
    this.pinned = new Quota(Limit.PINNED, name);
  }

  /** Sets all limits; those that are missing are none. */
  void apply(ClientLimits limits) {
    account.limit(limits.most(Limit.BYTES));
    buffers.limit(limits.most(Limit.BUFFERS));
    files.limit(limits.most(Limit.FILES));
    fences.limit(limits.most(Limit.FENCES));
    pinned.limit(limits.most(Limit.PINNED));
  }

  MemoryAccount account() {
    return account;
  }

  Quota buffers() {
    return buffers;
  }

  /**
   * Counts a buffer that is exported.
   *
   * @throws DmaBufException EDQUOT when it has as many as it may; then nothing is counted
   */
  void takeBuffer(ExportPolicy policy) {
    buffers.take(1);
    if (policy == ExportPolicy.WAIT) {
      Seam.step();
      lent.incrementAndGet();
    }
  }

  /** A buffer is released, or was not exported after all. */
  void giveBuffer(ExportPolicy policy) {
    buffers.give(1);
    if (policy == ExportPolicy.WAIT) {
      Seam.step();
      lent.decrementAndGet();
    }
  }

  /** Returns how many live buffers it has exported for which its stop waits. */
  long lent() {
    return lent.get();
  }

  Quota files() {
    return files;
  }

  /** Counts those only that were made while there was a limit. */
  Quota fences() {
    return fences;
  }

  Quota pinned() {
    return pinned;
  }
}
