package org.dmabuf;

import org.dmabuf.file.OpenFile;

/**
 * The one open file of a buffer, whose references are the buffer's: handles, descriptors,
 * attachments and mappings hold one each. Kernel counterpart: {@code dma_buf.file}.
 */
final class DmaBufFile extends OpenFile {
  private final BufferObject buffer;

  /**
   * Makes the file with one reference, the exporter's.
   *
   * @param flags access mode and status flags of the export
   */
  DmaBufFile(BufferObject buffer, int flags) {
    super(flags);
    this.buffer = buffer;
  }

  BufferObject buffer() {
    return buffer;
  }

  @Override
  public String describe() {
    return buffer.describe();
  }

  @Override
  protected void released() {
    buffer.release();
  }
}
