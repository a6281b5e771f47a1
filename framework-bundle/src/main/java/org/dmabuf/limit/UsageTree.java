package org.dmabuf.limit;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has how much, as a tree. Plain data.
 *
 * <pre>
 *   product          levels of all
 *     |-- bundle     its levels and limits
 *     |     `-- buffer   that it exported
 *     `-- adopted    buffers whose bundle has gone
 * </pre>
 *
 * <p>Taken without a lock: each number is as it was at a moment of its own.
 *
 * @param atNanos when it was taken, on the product's clock
 * @param levels of the whole product
 * @param bundles that are clients now, by name
 * @param adopted buffers that have outlived their exporter, oldest first
 */
public record UsageTree(
    long atNanos, Map<Limit, Level> levels, List<Bundle> bundles, List<Buffer> adopted) {
  /** Takes copies. */
  public UsageTree {
    levels = inOrder(levels);
    bundles = List.copyOf(bundles);
    adopted = List.copyOf(adopted);
  }

  /**
   * How much there is of one thing.
   *
   * @param used now, 0 or more
   * @param most that there may be; 0 for no limit
   */
  public record Level(long used, long most) {}

  /**
   * What a bundle has.
   *
   * @param name and version
   * @param levels one for each limit
   * @param buffers that it exported and that live, oldest first
   */
  public record Bundle(String name, Map<Limit, Level> levels, List<Buffer> buffers) {
    /** Takes copies. */
    public Bundle {
      levels = inOrder(levels);
      buffers = List.copyOf(buffers);
    }
  }

  /**
   * A live buffer.
   *
   * @param inode its number
   * @param size bytes
   * @param exporterName as bufinfo shows it
   * @param name that a program gave it
   * @param state LIVE, ADOPTED, WITHDRAWN or REVOKED
   * @param references handles, descriptors, attachments and mappings that keep it
   * @param holders clients that have a handle of it
   */
  public record Buffer(
      long inode,
      long size,
      String exporterName,
      Optional<String> name,
      String state,
      long references,
      List<String> holders) {
    /** Takes a copy. */
    public Buffer {
      holders = List.copyOf(holders);
    }
  }

  private static Map<Limit, Level> inOrder(Map<Limit, Level> levels) {
    Map<Limit, Level> copy = new EnumMap<>(Limit.class);
    copy.putAll(levels);
    return copy;
  }
}
