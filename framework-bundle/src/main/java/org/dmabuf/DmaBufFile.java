package org.dmabuf;

import org.dmabuf.file.OpenFile;

/** The open file of a buffer: holds one reference to it. Kernel counterpart: its {@code file}. */
final class DmaBufFile extends OpenFile {
  private final BufferObject buffer;

  /** The caller's reference to the buffer passes to the file. */
  DmaBufFile(BufferObject buffer) {
    this.buffer = buffer;
  }

  BufferObject buffer() {
    return buffer;
  }

  @Override
  public String describe() {
    return "file of " + buffer.describe();
  }

  @Override
  protected void released() {
    buffer.unref();
  }
}
