package org.dmabuf.display.kms;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that a plane can show: a format, a size, and a place for each plane of the format.
 *
 * <pre>
 *   users = 1 for its number (until it is removed, or its file is closed)
 *         + 1 for each plane that is set to it
 *         + 1 for each commit that is not complete and takes it off the screen
 *         + 1 while somebody reads it, or a writeback writes it
 *
 *   REACHED --last user--&gt; GIVEN BACK
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_framebuffer}.
 */
public final class Framebuffer {
  private static final Logger LOG = LoggerFactory.getLogger(Framebuffer.class);

  /**
   * Where one plane of the format lies.
   *
   * @param memory in which buffer, never null
   * @param offset of its first row, in bytes
   * @param pitch bytes from one row to the next
   * @param rowBytes bytes of a row that hold samples
   * @param rows number of rows
   */
  public record Part(FramebufferMemory memory, long offset, long pitch, int rowBytes, int rows) {}

  private final int id;
  private final KmsFile owner;
  private final PixelFormat format;
  private final int width;
  private final int height;
  private final List<Part> parts;
  private final AtomicInteger users = new AtomicInteger(1);

  Framebuffer(int id, KmsFile owner, PixelFormat format, int width, int height, List<Part> parts) {
    this.id = id;
    this.owner = owner;
    this.format = format;
    this.width = width;
    this.height = height;
    this.parts = List.copyOf(parts);
  }

  /** Returns its number, unique in its device, 1 or more. */
  public int id() {
    return id;
  }

  /** Returns its format, never null. */
  public PixelFormat format() {
    return format;
  }

  /** Returns the pixels in a row. */
  public int width() {
    return width;
  }

  /** Returns the rows. */
  public int height() {
    return height;
  }

  KmsFile owner() {
    return owner;
  }

  /** Returns where its planes lie, in the order of the format's, never null. */
  public List<Part> parts() {
    return parts;
  }

  /** Returns a plane's memory for who uses this framebuffer. */
  FrameView view(int part) {
    return parts.get(part).memory().view();
  }

  /** Returns what a reader has to wait for now: pending writers and moves of its buffers. */
  List<DmaFence> writers() {
    return parts.stream()
        .map(part -> part.memory().resv())
        .distinct()
        .flatMap(resv -> resv.pending(Usage.toWaitFor(false)).stream())
        .toList();
  }

  /** Uses it once more unless its last user is gone; returns whether it did. */
  boolean tryUse() {
    int now = users.get();
    while (now > 0) {
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
      now = users.get();
    }
    return false;
  }

  /** Uses it once more, by one who knows of another user. */
  void use() {
    if (!tryUse()) {
      throw new IllegalStateException("Framebuffer " + id + " is shown and given back");
    }
  }

  /** Uses it once less; the last user gives the memory back. No lock may be held. */
  void unuse() {
    if (users.decrementAndGet() > 0) {
      return;
    }
    for (Part part : parts) {
      close(part.memory());
    }
  }

  /** Gives memory back; whatever fails, the framework undoes with the bundle. */
  static void close(FramebufferMemory memory) {
    try {
      memory.close();
    } catch (RuntimeException failed) {
      LOG.warn("The memory of a framebuffer was not given back: {}", failed.toString());
    }
  }

  @Override
  public String toString() {
    return "framebuffer %d (%s %dx%d)".formatted(id, format, width, height);
  }
}
