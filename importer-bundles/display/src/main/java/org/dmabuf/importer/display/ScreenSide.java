package org.dmabuf.importer.display;

import java.lang.foreign.MemorySegment;
import org.dmabuf.display.kms.FramebufferMemory;
import org.dmabuf.display.uapi.KmsBuffers;
import org.dmabuf.display.uapi.KmsNode;
import org.dmabuf.display.uapi.KmsNodeFile;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.gem.GemExtension;
import org.dmabuf.gem.GemMemory;
import org.dmabuf.gem.GemOpenFile;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;

/** The mode setting of an open file, with the buffers that its memory side has. */
final class ScreenSide implements GemExtension, KmsBuffers {
  private final GemOpenFile buffers;
  private final KmsNodeFile screen;

  ScreenSide(KmsNode node, FileTable caller, GemOpenFile buffers) {
    this.buffers = buffers;
    this.screen = node.open(caller, () -> buffers.ready(PollEvents.POLLIN));
  }

  @Override
  public boolean has(int request) {
    return KmsNodeFile.isOurs(request);
  }

  @Override
  public void ioctl(FileTable caller, int request, MemorySegment argument) {
    screen.ioctl(caller, request, argument, this);
  }

  @Override
  public FramebufferMemory open(int handle) {
    return new Memory(buffers.open(handle));
  }

  @Override
  public int handleOf(FramebufferMemory memory) {
    if (memory instanceof Memory ours) {
      return buffers.handleOf(ours.memory());
    }
    return 0; // made by a program of our own side, over a dma-buf: it has no object here
  }

  @Override
  public int poll(int events) {
    return screen.poll(events);
  }

  @Override
  public long read(MemorySegment to) {
    return screen.read(to);
  }

  @Override
  public void close() {
    screen.close();
  }

  /** A GEM object as a framebuffer has it. */
  private record Memory(GemMemory memory) implements FramebufferMemory {
    @Override
    public long size() {
      return memory.size();
    }

    @Override
    public DmaResv resv() {
      return memory.resv();
    }

    @Override
    public FrameView view() {
      return memory.view();
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
