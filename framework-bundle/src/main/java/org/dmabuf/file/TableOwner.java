package org.dmabuf.file;

import java.util.Objects;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.Quota;
import org.dmabuf.memory.MemoryAccount;

/**
 * The bundle behind a file table, as far as the table needs it.
 *
 * @param name the program, as messages show it, never null
 * @param account what memory that exporters allocate for it is charged to, never null
 * @param leaks what notes where descriptors and mappings come from, never null
 * @param descriptors what counts the descriptors of all tables of the bundle, never null
 * @param faults that may strike when a file gets a descriptor, never null
 */
public record TableOwner(
    String name, MemoryAccount account, LeakTracker leaks, Quota descriptors, ClientFaults faults) {
  /** Checks that nothing is missing. */
  public TableOwner {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(leaks, "leaks");
    Objects.requireNonNull(descriptors, "descriptors");
    Objects.requireNonNull(faults, "faults");
  }

  /** Returns one of whom only the memory is counted. */
  static TableOwner unlimited(String name, MemoryAccount account) {
    return new TableOwner(
        name, account, LeakTracker.off(), new Quota(Limit.FILES, name), new ClientFaults(name));
  }
}
