package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.dmabuf.file.IoctlStruct;

/**
 * The rule of names that users give to buffers: at most {@link DmaBuf#MAX_NAME_BYTES} bytes of
 * UTF-8, which may be none, at any time and as often as they like. Kernel counterpart: {@code
 * dma_buf_set_name()}.
 */
final class BufferName {
  private BufferName() {}

  /**
   * Names a buffer.
   *
   * @throws DmaBufException EINVAL for a longer name; the old one stays
   */
  static void set(BufferObject buffer, String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > DmaBuf.MAX_NAME_BYTES) {
      throw tooLong(buffer, "of " + bytes + " bytes");
    }
    buffer.setName(name);
  }

  /**
   * Names a buffer by what a program gives to the ioctl: bytes that end with a zero.
   *
   * @throws DmaBufException EFAULT when the memory ends before one; EINVAL when the name is longer
   */
  static void set(BufferObject buffer, MemorySegment text) {
    Optional<String> name = IoctlStruct.text(text, DmaBuf.MAX_NAME_BYTES);
    buffer.setName(name.orElseThrow(() -> tooLong(buffer, "without an end after 31 bytes")));
  }

  private static DmaBufException tooLong(BufferObject buffer, String how) {
    return new DmaBufException(
        Errno.EINVAL,
        "A name " + how + " was given to " + buffer.describe() + "; at most 31 would work");
  }
}
