package org.dmabuf.gem;

import java.lang.foreign.MemorySegment;
import org.dmabuf.file.FileTable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What one open file of a driver does beside memory: requests, events. Without it a file has none.
 *
 * <p>Called on callers' threads with no lock held; never after {@link GemCore#close()} has returned
 * but for close. Kernel counterpart: what a driver without {@code DRIVER_GEM} alone would do.
 */
@ConsumerType
public interface GemExtension extends AutoCloseable {
  /** Returns whether a request is one of its. It is asked before the device itself. */
  boolean has(int request);

  /**
   * Does what a request asks.
   *
   * @param caller the program's descriptors, never null
   * @param request one that it has
   * @param argument the program's memory, never null
   * @throws org.dmabuf.DmaBufException as the request says
   */
  void ioctl(FileTable caller, int request, MemorySegment argument);

  /** Returns what is ready, see {@link org.dmabuf.file.PollEvents}. */
  int poll(int events);

  /**
   * Reads events; never waits.
   *
   * @return the bytes read
   * @throws org.dmabuf.DmaBufException EAGAIN when there is none
   */
  long read(MemorySegment to);

  /** The last descriptor is closed, or the driver leaves. Handles are still open. Called once. */
  @Override
  void close();
}
