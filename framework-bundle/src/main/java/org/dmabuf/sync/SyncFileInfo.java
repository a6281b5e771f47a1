package org.dmabuf.sync;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;

/**
 * What a sync file says of itself. Kernel counterpart: {@code struct sync_file_info}.
 *
 * @param name its name, of at most 31 bytes, never null
 * @param status 1 when all its fences have succeeded, else the status of the first that has not, in
 *     the order of contexts, or of a timeline from its last point backward: 0 while pending, or the
 *     negative error
 * @param fences its fences, containers taken apart, in the order of the fence, never empty
 */
public record SyncFileInfo(String name, int status, List<FenceInfo> fences) {
  /** In which order the members are asked for the status. */
  enum Order {
    /** In that of their contexts. */
    CONTEXTS,
    /** As they come, from the last point backward. */
    POINTS
  }

  /** Copies the list. */
  public SyncFileInfo {
    fences = List.copyOf(fences);
  }

  /** Returns what it failed with; empty while pending and after success. */
  public Optional<Errno> error() {
    return FenceInfo.errorOf(status);
  }

  /**
   * What was seen of the members, each in its place.
   *
   * @param order by context, unless they are points of a timeline
   */
  static SyncFileInfo of(String name, Order order, List<DmaFence> members, List<FenceInfo> seen) {
    Comparator<Integer> byOrder =
        switch (order) {
          case CONTEXTS -> Comparator.comparingLong(i -> members.get(i).contextId());
          case POINTS -> Comparator.naturalOrder();
        };
    int status =
        IntStream.range(0, seen.size())
            .boxed()
            .sorted(byOrder)
            .mapToInt(i -> seen.get(i).status())
            .filter(each -> each != 1)
            .findFirst()
            .orElse(1);
    return new SyncFileInfo(name, status, seen);
  }
}
