package org.dmabuf;

/**
 * How much memory a product may use for buffers, in bytes.
 *
 * @param pool the most that the page pool gives out, 1 or more
 * @param keep the most that the pool keeps from the system though nobody has it, 0 or more
 * @param client the most that one client may have charged, 0 for no limit
 */
public record MemoryLimits(long pool, long keep, long client) {
  /**
   * Checks the numbers.
   *
   * @throws DmaBufException EINVAL for a pool below 1 byte or the others below 0
   */
  public MemoryLimits {
    if (pool < 1 || keep < 0 || client < 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A pool of "
              + pool
              + " bytes that keeps "
              + keep
              + ", and "
              + client
              + " for each client; 1 or more, 0 or more, and 0 for no limit work");
    }
  }

  /** Returns limits of a pool that keeps what it has, without limits for each client. */
  public static MemoryLimits ofPool(long bytes) {
    return new MemoryLimits(bytes, Long.MAX_VALUE, 0);
  }

  /**
   * Returns limits that are given in MiB, as configurations have them.
   *
   * @throws DmaBufException EINVAL as above, also for numbers whose bytes are more than a long
   */
  public static MemoryLimits ofMebibytes(long pool, long keep, long client) {
    return new MemoryLimits(bytes(pool), bytes(keep), bytes(client));
  }

  private static long bytes(long mebibytes) {
    return mebibytes > Long.MAX_VALUE >> 20 || mebibytes < 0 ? -1 : mebibytes << 20;
  }
}
