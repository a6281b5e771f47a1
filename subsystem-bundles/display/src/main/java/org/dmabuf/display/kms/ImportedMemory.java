package org.dmabuf.display.kms;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;

/**
 * A dma-buf as a display reaches it: attached and mapped, and so kept where it is.
 *
 * @param attachment by which it is attached, never null
 * @param table as mapped, never null
 * @param view the memory, never null
 */
record ImportedMemory(Attachment attachment, SgTable table, FrameView view)
    implements FramebufferMemory {

  /**
   * Attaches and maps; on failure nothing is left.
   *
   * @param buffer of which the caller keeps its count
   * @param direction what the display does with it
   * @throws DmaBufException the exporter's errors
   */
  static ImportedMemory of(
      DmaBuf buffer, DmaDevice device, DmaDirection direction, TransferMeter meter) {
    Attachment attachment = buffer.attach(device);
    try {
      SgTable table = attachment.mapUnlocked(direction);
      return new ImportedMemory(attachment, table, new FrameView(attachment.access(table), meter));
    } catch (DmaBufException refused) {
      attachment.detach();
      throw refused;
    }
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
