package org.dmabuf.acceptance.soak;

import org.dmabuf.Attachment;
import org.dmabuf.sg.SgTable;

/** A table with the attachment that it was mapped through. */
record Mapped(Attachment attachment, SgTable table) {
  void unmap() {
    attachment.unmapUnlocked(table);
  }
}
