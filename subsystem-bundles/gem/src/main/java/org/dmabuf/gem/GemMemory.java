package org.dmabuf.gem;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;

/**
 * An object's memory as its device itself reaches it. It keeps the object.
 *
 * <pre>
 *   OPEN --close()--> CLOSED
 * </pre>
 *
 * <p>Thread-safe; close is called once. Kernel counterpart: {@code drm_gem_vmap()} of a
 * framebuffer.
 */
public final class GemMemory implements AutoCloseable {
  private final GemObject object;
  private final FrameView view;
  private final Runnable unmap;

  private GemMemory(GemObject object, FrameView view, Runnable unmap) {
    this.object = object;
    this.view = view;
    this.unmap = unmap;
  }

  /** Maps an object whose reference passes to the result, or is dropped when it fails. */
  static GemMemory of(GemObject object, TransferMeter meter) {
    try {
      return object
          .importedSegments()
          .map(segments -> new GemMemory(object, new FrameView(segments, meter), () -> {}))
          .orElseGet(() -> mapped(object, meter));
    } catch (RuntimeException refused) {
      object.put();
      throw refused;
    }
  }

  private static GemMemory mapped(GemObject object, TransferMeter meter) {
    if (!(object.driverOps() instanceof GemObjectOps.Vmappable vmappable)) {
      throw new DmaBufException(Errno.ENOSYS, object + " has a driver that cannot map it whole");
    }
    Arena arena = Arena.ofShared();
    try {
      MemorySegment memory = locked(object, () -> vmappable.vmap(arena));
      FrameView view = new FrameView(List.of(memory.asSlice(0, object.size())), meter);
      return new GemMemory(object, view, () -> unmap(object, vmappable, memory, arena));
    } catch (RuntimeException refused) {
      arena.close();
      throw refused;
    }
  }

  private static void unmap(
      GemObject object, GemObjectOps.Vmappable vmappable, MemorySegment memory, Arena arena) {
    try {
      locked(
          object,
          () -> {
            vmappable.vunmap(memory);
            return memory;
          });
    } finally {
      arena.close();
    }
  }

  private static MemorySegment locked(
      GemObject object, java.util.function.Supplier<MemorySegment> step) {
    object.resv().lock();
    try {
      return step.get();
    } finally {
      object.resv().unlock();
    }
  }

  /** Returns the object with a reference, which this one has another of. */
  GemObject object() {
    object.tryGet();
    return object;
  }

  /** Returns its bytes, which never change. */
  public long size() {
    return object.size();
  }

  /** Returns what its users wait for, never null. */
  public DmaResv resv() {
    return object.resv();
  }

  /** Returns the memory, until close, never null. */
  public FrameView view() {
    return view;
  }

  @Override
  public void close() {
    try {
      unmap.run();
    } finally {
      object.put();
    }
  }
}
