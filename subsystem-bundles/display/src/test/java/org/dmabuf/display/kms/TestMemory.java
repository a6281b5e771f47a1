package org.dmabuf.display.kms;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;

/** A buffer that framebuffers are made of, which counts who has it. */
final class TestMemory implements FramebufferMemory, FramebufferMemory.Source {
  private final AtomicInteger users = new AtomicInteger();
  private final DmaResv resv;
  private final FrameView view;

  TestMemory(DmaBufRegistry registry, long bytes) {
    this.resv = registry.reservation();
    MemorySegment memory = Arena.ofAuto().allocate(bytes);
    this.view = new FrameView(List.of(memory), registry.meter());
  }

  @Override
  public FramebufferMemory open() {
    users.incrementAndGet();
    return this;
  }

  @Override
  public long size() {
    return view.size();
  }

  @Override
  public DmaResv resv() {
    return resv;
  }

  @Override
  public FrameView view() {
    return view;
  }

  @Override
  public void close() {
    // As a real one does, which is why nobody who waits for a fence may hold it.
    resv.lock();
    resv.unlock();
    users.decrementAndGet();
  }

  /** Returns how many framebuffers have it. */
  int users() {
    return users.get();
  }

  /** Fills it with one pixel of 32 bits. */
  TestMemory fill(int pixel) {
    byte[] row = new byte[(int) size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = (byte) (pixel >> (8 * (i % Integer.BYTES)));
    }
    view.write(0, row, 0, row.length);
    return this;
  }

  /** Puts a fence on it. */
  void add(DmaFence fence, Usage usage) {
    resv.lock();
    try {
      resv.reserveFences(1);
      resv.addFence(fence, usage);
    } finally {
      resv.unlock();
    }
  }
}
