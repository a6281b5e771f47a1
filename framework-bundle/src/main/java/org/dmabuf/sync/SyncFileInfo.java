package org.dmabuf.sync;

import java.util.List;
import java.util.Optional;
import org.dmabuf.Errno;

/**
 * What a sync file says of itself. Kernel counterpart: {@code struct sync_file_info}.
 *
 * @param name its name, of at most 31 bytes, never null
 * @param status 1 when all its fences have succeeded, else the status of the first that has not: 0
 *     while pending, or the negative error
 * @param fences its fences, containers taken apart, never empty
 */
public record SyncFileInfo(String name, int status, List<FenceInfo> fences) {
  /** Copies the list. */
  public SyncFileInfo {
    fences = List.copyOf(fences);
  }

  /** Returns what it failed with; empty while pending and after success. */
  public Optional<Errno> error() {
    return FenceInfo.errorOf(status);
  }

  static SyncFileInfo of(String name, List<FenceInfo> fences) {
    int status =
        fences.stream().mapToInt(FenceInfo::status).filter(each -> each != 1).findFirst().orElse(1);
    return new SyncFileInfo(name, status, fences);
  }
}
