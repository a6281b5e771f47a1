package org.dmabuf.benchmarks;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.display.kms.FramebufferMemory;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;

/**
 * A dma-buf as the null display reaches it, which has to read from it itself.
 *
 * @param attachment by which it is attached
 * @param table as mapped
 * @param view the memory
 */
record ScannedMemory(Attachment attachment, SgTable table, FrameView view)
    implements FramebufferMemory {

  static ScannedMemory of(DmaBufRegistry driver, DmaBuf buffer) {
    Attachment attachment = buffer.attach(DmaDevice.named("display"));
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    return new ScannedMemory(
        attachment, table, new FrameView(attachment.access(table), driver.meter()));
  }

  @Override
  public long size() {
    return view.size();
  }

  @Override
  public DmaResv resv() {
    return attachment.resv();
  }

  @Override
  public void close() {
    attachment.unmapUnlocked(table);
    attachment.detach();
  }
}
