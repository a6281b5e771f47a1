package org.dmabuf.gem;

import org.dmabuf.Attachment;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.sg.SgTable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a GEM driver does itself: it makes storage. Handles, lookups, PRIME, mappings, dumb buffers
 * and teardown are {@link GemCore}'s.
 *
 * <p>Called on callers' threads with no lock held; never after {@link GemCore#close()} has
 * returned. Failures are {@code DmaBufException}s, which programs get as they are. Kernel
 * counterpart: {@code struct drm_driver}.
 */
@ConsumerType
public interface GemDriver {
  /**
   * Makes the storage of a new object, zeroed.
   *
   * @param size bytes, a multiple of the page size, 1 page or more
   * @param account whom to charge, never null
   * @return what the driver does for the object, never null
   */
  GemObjectOps create(long size, MemoryAccount account);

  /**
   * The driver can use buffers of other devices. One without this part refuses them with EINVAL.
   */
  @ConsumerType
  interface Importing {
    /**
     * A buffer of another device is attached, and mapped in both directions, for as long as the
     * object lives.
     *
     * @param attachment by which it is attached, never null
     * @param table where it lies, never null
     * @return what the driver does for the object; its free comes before the unmap; never null
     */
    GemObjectOps importTable(Attachment attachment, SgTable table);
  }

  /** The driver's files do more than memory. */
  @ConsumerType
  interface Extending {
    /**
     * A file is being opened.
     *
     * @param caller the table that gets its descriptor, never null
     * @param file what the extension asks for buffers, never null
     * @return what it does, never null
     */
    GemExtension opened(FileTable caller, GemOpenFile file);
  }
}
