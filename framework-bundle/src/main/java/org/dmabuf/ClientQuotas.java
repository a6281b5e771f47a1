package org.dmabuf;

import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.Quota;
import org.dmabuf.memory.MemoryAccount;

/** What one client has of all that is limited. Thread-safe. */
final class ClientQuotas {
  private final MemoryAccount account;
  private final Quota buffers;
  private final Quota files;
  private final Quota fences;
  private final Quota pinned;

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
