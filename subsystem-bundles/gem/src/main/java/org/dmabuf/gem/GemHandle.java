package org.dmabuf.gem;

import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A handle of an object of a GEM device, made by {@link GemClient}.
 *
 * <pre>
 *   OPEN --close(), or its client's--> CLOSED (EBADF)
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class GemHandle implements AutoCloseable {
  private final GemClient client;
  private final int number;
  private final long size;
  private final OptionalInt pitch;
  private final AtomicBoolean open = new AtomicBoolean(true);

  GemHandle(GemClient client, int number, long size, OptionalInt pitch) {
    this.client = client;
    this.number = number;
    this.size = size;
    this.pitch = pitch;
  }

  /** Returns its number in the open device, 1 or more. */
  public int number() {
    return number;
  }

  /** Returns the object's bytes, which never change. */
  public long size() {
    return size;
  }

  /** Returns the bytes from one row to the next; empty for an object that was imported. */
  public OptionalInt pitch() {
    return pitch;
  }

  /**
   * Makes a descriptor of the object's dma-buf, with close on exec; as {@link GemIoctl#handleToFd}.
   *
   * @param writable whether programs may map it for stores: what the first call says holds for all
   * @return the descriptor in the client's table
   * @throws DmaBufException EMFILE, ENODEV; EBADF after close
   */
  public int export(boolean writable) {
    int flags = GemIoctl.CLOEXEC | (writable ? GemIoctl.RDWR : 0);
    return GemIoctl.handleToFd(client.files(), client.descriptor(), checked("shared"), flags);
  }

  /**
   * Maps the whole object for loads and stores.
   *
   * @return the mapping, which keeps the object, never null
   * @throws DmaBufException EINVAL for an object that was imported; ENODEV; EBADF after close
   */
  public CpuMapping mmap() {
    return GemIoctl.mmapDumb(client.files(), client.descriptor(), checked("mapped"), size);
  }

  /**
   * Attaches a fence, of a device that has {@link GemFeature#CLIENT_FENCES}; as {@link
   * GemFenceIoctl#attach}.
   *
   * @param write whether the work behind it writes
   * @return what signals it, never null
   * @throws DmaBufException EBUSY, ENODEV; EINVAL for a device without such; EBADF after close
   */
  public Fence attachFence(boolean write) {
    int flags = write ? GemFenceIoctl.WRITE : 0;
    return new Fence(
        client, GemFenceIoctl.attach(client.files(), client.descriptor(), checked("used"), flags));
  }

  /**
   * The right to signal a fence.
   *
   * @param client whose device it was attached through, never null
   * @param number its number there, 1 or more
   */
  public record Fence(GemClient client, int number) {
    /**
     * Signals it.
     *
     * @throws DmaBufException ENOENT when it was signalled; ETIMEDOUT, once, when it had expired
     */
    public void signal() {
      GemFenceIoctl.signal(client.files(), client.descriptor(), number);
    }
  }

  /** Takes the handle back; the object lives as long as others have it. Idempotent. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      client.closed(this);
      GemIoctl.close(client.files(), client.descriptor(), number);
    }
  }

  @Override
  public String toString() {
    return "handle " + number + " of " + size + " bytes (" + (open.get() ? "OPEN" : "CLOSED") + ")";
  }

  /** Its device is closed, and the number with it. */
  void forget() {
    open.set(false);
  }

  private int checked(String what) {
    if (!open.get()) {
      throw new DmaBufException(Errno.EBADF, this + " was to be " + what + "; it is closed");
    }
    return number;
  }
}
