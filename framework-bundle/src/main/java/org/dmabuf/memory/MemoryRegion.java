package org.dmabuf.memory;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The books of a limited memory (a reserved region, a card's own memory): who has how much of it.
 *
 * <pre>
 *   REGISTERED --close()--> UNREGISTERED (no new charge; what is charged can be taken back)
 *
 *   region 64 MiB ---- pool of camera
 *                 `--- pool of screen        made at the first charge, gone with the client
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code dmem_cgroup_region}.
 */
public final class MemoryRegion implements AutoCloseable {
  private enum State {
    REGISTERED,
    UNREGISTERED
  }

  private final MemoryAccount whole;
  private final Map<MemoryAccount, MemoryAccount> pools = new WeakHashMap<>(); // guarded by this
  private volatile State state = State.REGISTERED;

  /**
   * Registers a region.
   *
   * @param name as messages show it, not empty, never null
   * @param bytes its size, 1 or more
   * @throws DmaBufException EINVAL for an empty name or a size below 1
   */
  public MemoryRegion(String name, long bytes) {
    Objects.requireNonNull(name, "name");
    if (name.isEmpty() || bytes < 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A region '" + name + "' of " + bytes + " bytes was registered; a name and 1 byte work");
    }
    this.whole = MemoryAccount.root("region " + name, bytes, "the size");
  }

  /** Returns the account of the whole region, never null. */
  public MemoryAccount whole() {
    return whole;
  }

  /**
   * Returns a client's pool, on which limits are set and used bytes read; made when there is none.
   *
   * @param client the client's own account, by which it is known, never null
   * @throws DmaBufException ENODEV when the region is unregistered
   */
  public MemoryAccount pool(MemoryAccount client) {
    if (state == State.UNREGISTERED) {
      throw new DmaBufException(
          Errno.ENODEV,
          client.owner() + " asked for memory of " + whole.owner() + ", which is unregistered");
    }
    return known(client);
  }

  /**
   * Charges bytes to a client's pool and to the region.
   *
   * @param client the client's own account, never null
   * @param bytes how many, not negative
   * @return empty when they are charged; else nothing was, and this is the pool whose limit stands
   *     in the way: the client's or the whole region's
   * @throws DmaBufException ENODEV when the region is unregistered
   */
  public Optional<MemoryAccount> tryCharge(MemoryAccount client, long bytes) {
    return pool(client).tryCharge(bytes);
  }

  /** Takes back what was charged to a client's pool; also when the region is unregistered. */
  public void uncharge(MemoryAccount client, long bytes) {
    known(client).uncharge(bytes);
  }

  /** Unregisters the region: nothing more can be charged. Idempotent. */
  @Override
  public void close() {
    state = State.UNREGISTERED;
  }

  /** Lets it be charged again. */
  void reopen() {
    state = State.REGISTERED;
  }

  private synchronized MemoryAccount known(MemoryAccount client) {
    return pools.computeIfAbsent(
        client, key -> whole.child(key.owner(), 0, "the limit in " + whole.owner()));
  }
}
