package org.dmabuf.display.kms;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.FrameLayout;
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
 *         + 1 for each commit that is not complete and shows it, or takes it off the screen
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
  private final List<FramebufferMemory> memories;
  private final boolean told; // whether a memory is to be told of settled and idle
  private final Optional<FrameLayout> layout;
  private volatile boolean listed = true; // by its number, which is one of the users
  private final AtomicInteger users = new AtomicInteger(1);

  Framebuffer(
      int id, KmsFile owner, FramebufferRequest request, PixelFormat format, List<Part> parts) {
    this.id = id;
    this.owner = owner;
    this.format = format;
    this.width = (int) request.width();
    this.height = (int) request.height();
    this.parts = List.copyOf(parts);
    this.memories = this.parts.stream().map(Part::memory).distinct().toList();
    this.told = memories.stream().anyMatch(FramebufferMemory::isTold);
    this.layout = request.layout();
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

  /** Returns how it lies in its one buffer; empty when it was not made by a layout. */
  Optional<FrameLayout> layout() {
    return layout;
  }

  /** Returns a plane's memory for who uses this framebuffer. */
  FrameView view(int part) {
    return parts.get(part).memory().view();
  }

  /** Returns a plane's memory for who uses this framebuffer to write it. */
  FrameView target(int part) {
    return parts.get(part).memory().target();
  }

  /** Has its memory where it is wanted until it is settled; the exporters' errors, then not. */
  void prepare(Consumer<FramebufferMemory> how) {
    for (int i = 0; i < memories.size(); i++) {
      try {
        how.accept(memories.get(i));
      } catch (DmaBufException refused) {
        memories.subList(0, i).forEach(FramebufferMemory::settled);
        throw refused;
      }
    }
  }

  /** Once for each time that it was prepared. No lock may be held. */
  void settled() {
    if (told) {
      memories.forEach(memory -> guarded("let go", memory::settled));
    }
  }

  /** Returns what a reader has to wait for now: pending writers and moves of its buffers. */
  List<DmaFence> writers() {
    return pending(Usage.toWaitFor(false));
  }

  /** Returns what a reader has to wait for whatever else it waits for: moves of its buffers. */
  List<DmaFence> arrival() {
    return pending(Usage.KERNEL);
  }

  /** Returns the last writes that have failed: what is in its buffers is no frame. */
  List<DmaFence> failures() {
    return memories.stream()
        .flatMap(memory -> memory.resv().lastWrite().stream())
        .filter(write -> write.error().isPresent())
        .toList();
  }

  private List<DmaFence> pending(Usage usage) {
    List<DmaFence> all = List.of();
    for (int i = 0; i < memories.size(); i++) {
      if (isFirstOf(i)) {
        all = Lists.join(all, memories.get(i).resv().pending(usage));
      }
    }
    return all;
  }

  /** Whether no memory before has the same reservation. */
  private boolean isFirstOf(int index) {
    for (int before = 0; before < index; before++) {
      if (memories.get(before).resv() == memories.get(index).resv()) {
        return false;
      }
    }
    return true;
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

  /** Uses it once less where that is all there is to do, and waits for nobody; or does nothing. */
  boolean tryUnuse() {
    int now = told ? 0 : users.get();
    while (now > 1) {
      if (users.compareAndSet(now, now - 1)) {
        return true;
      }
      now = users.get();
    }
    return false;
  }

  /** Its number is gone, and the use that it was. No lock may be held. */
  void unlist() {
    listed = false;
    unuse();
  }

  /** Uses it once less; the last user gives the memory back. No lock may be held. */
  void unuse() {
    int left = users.decrementAndGet();
    if (left == 0) {
      memories.forEach(Framebuffer::close);
    } else if (told && isIdle()) {
      memories.forEach(memory -> guarded("unmapped", () -> memory.idle(this::isIdle)));
    }
  }

  private boolean isIdle() {
    return listed && users.get() == 1;
  }

  /** Gives memory back. */
  static void close(FramebufferMemory memory) {
    guarded("given back", memory::close);
  }

  /** Who gives back goes on whatever fails: the framework undoes the rest with the bundle. */
  private static void guarded(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failed) {
      LOG.warn("The memory of a framebuffer was not {}: {}", what, failed.toString());
    }
  }

  @Override
  public String toString() {
    return "framebuffer %d (%s %dx%d)".formatted(id, format, width, height);
  }
}
