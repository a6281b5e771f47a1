package org.dmabuf.limit;

import java.util.EnumMap;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What a bundle may have at most.
 *
 * @param values 0 or more of each, 0 for no limit; what is missing is as it is for all bundles, or
 *     without a limit; never null
 */
public record ClientLimits(Map<Limit, Long> values) {
  /** Nothing is limited. */
  public static final ClientLimits NONE = new ClientLimits(Map.of());

  /**
   * Takes a copy.
   *
   * @throws DmaBufException EINVAL for a limit below 0
   */
  public ClientLimits {
    values = Map.copyOf(values);
    values.forEach(
        (limit, most) -> {
          if (most < 0) {
            throw new DmaBufException(
                Errno.EINVAL,
                "A limit " + limit.key() + " of " + most + " was asked; 0, for none, or more work");
          }
        });
  }

  /** Returns the same with another limit; 0 for none. */
  public ClientLimits with(Limit limit, long most) {
    return over(new ClientLimits(Map.of(limit, most)));
  }

  /** Returns these limits with others in their place, as far as the others have any. */
  public ClientLimits over(ClientLimits others) {
    Map<Limit, Long> all = new EnumMap<>(Limit.class);
    all.putAll(values);
    all.putAll(others.values);
    return new ClientLimits(all);
  }

  /**
   * Returns the bytes of a limit that a configuration has in MiB.
   *
   * @throws DmaBufException EINVAL for fewer than 0, or more than a long has bytes for
   */
  public static long ofMebibytes(Limit limit, long mebibytes) {
    if (mebibytes < 0 || mebibytes > Long.MAX_VALUE >> 20) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A limit %s of %d MiB was asked; 0, for none, to %d work"
              .formatted(limit.key(), mebibytes, Long.MAX_VALUE >> 20));
    }
    return mebibytes << 20;
  }

  /** Returns the most there may be; 0 when there is no limit. */
  public long most(Limit limit) {
    return values.getOrDefault(limit, 0L);
  }
}
