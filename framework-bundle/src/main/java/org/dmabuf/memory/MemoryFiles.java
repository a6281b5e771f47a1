package org.dmabuf.memory;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Makes memory files, and backing stores out of their pages.
 *
 * <p>Stateless and thread-safe. Kernel counterpart: {@code memfd_create}, and the page list of a
 * {@code udmabuf}.
 */
public final class MemoryFiles {
  /** The most bytes of a name in UTF-8, as {@code memfd_create} has it. */
  private static final int MOST_OF_A_NAME = 249;

  private final NativeMemory os;
  private final int pageSize;

  /**
   * Makes the maker.
   *
   * @param pool with whose page size and system calls it works, never null
   */
  public MemoryFiles(PagePool pool) {
    this.os = pool.os();
    this.pageSize = pool.pageSize();
  }

  /**
   * Makes a memory file of zeros without seals.
   *
   * @param name as messages show it, without NUL, at most 249 bytes of UTF-8, never null
   * @param bytes its exact size, 0 or more
   * @param account whom to charge for all of its pages until they are gone, never null
   * @return the file with one user, its owner, who closes it; never null
   * @throws DmaBufException EINVAL for a longer name, for a size below 0 and for one that cannot be
   *     rounded up to pages; ENOMEM when the system or the account's limit refuses
   */
  public MemoryFile create(String name, long bytes, MemoryAccount account) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(account, "account");
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length > MOST_OF_A_NAME) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A memory file was to have a name of "
              + length
              + " bytes, '"
              + name
              + "'; "
              + MOST_OF_A_NAME
              + " at most would work");
    }
    if (bytes < 0 || bytes > Long.MAX_VALUE - pageSize) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A memory file '"
              + name
              + "' of "
              + bytes
              + " bytes was asked; 0 or more that can be rounded up to pages would work");
    }
    return new MemoryFile(name, os, pageSize, bytes, account);
  }

  /**
   * Makes a store of pages of memory files, which it keeps as they are now, in the order given; the
   * same page may come twice. Nobody is charged, for the files are.
   *
   * @param ranges one or more, never null
   * @param onClose told when the owner closes the store, never null
   * @throws DmaBufException EINVAL for no range, for one that is unaligned, empty or not within its
   *     file's exact size, and for a file whose seals are not SHRINK without WRITE and
   *     FUTURE_WRITE; ENODEV for a closed file; then no page is kept
   */
  public BackingStore store(List<MemoryRange> ranges, Consumer<BackingStore> onClose) {
    if (ranges.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A store of no range of a memory file was asked; one or more would work");
    }
    PinnedPages pages = new PinnedPages(os);
    ranges.forEach(pages::add);
    return new BackingStore(os, pageSize, pages.runs(), pages.size(), pages::free, onClose);
  }
}
