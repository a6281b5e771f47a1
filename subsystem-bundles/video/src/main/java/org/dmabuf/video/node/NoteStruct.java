package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.dmabuf.Errno;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.TakenFrame;

/**
 * What DQBUF_FRAME tells behind {@code struct v4l2_buffer} and its planes.
 *
 * <pre>
 *   0 struct v4l2_buffer | 88 planes, 8 of 64 bytes | 600 errno, 0 for none | 604 checksum
 *   608 index in the source | 616 time in ns | 624 sentence[400]
 * </pre>
 *
 * <p>V4L2's own time has microseconds only.
 */
final class NoteStruct {
  private static final int ERRNO =
      BufferStruct.BYTES + BufferStruct.MOST_PLANES * BufferStruct.PLANE_BYTES;
  private static final int CHECKSUM = ERRNO + 4;
  private static final int SOURCE_INDEX = ERRNO + 8;
  private static final int NANOS = ERRNO + 16;
  private static final int SENTENCE = ERRNO + 24;
  private static final int SENTENCE_BYTES = V4l2Ioctl.USER_HEAD - SENTENCE;

  private NoteStruct() {}

  static void fill(int request, MemorySegment argument, TakenFrame taken) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    FrameNote note = taken.note();
    struct.setInt(ERRNO, note.error().map(Errno::number).orElse(0));
    struct.setInt(CHECKSUM, note.checksum());
    struct.setLong(SOURCE_INDEX, note.sourceIndex());
    struct.setLong(NANOS, taken.status().timestampNanos());
    struct.setText(SENTENCE, SENTENCE_BYTES, note.message());
  }

  static FrameNote read(IoctlStruct struct) {
    int number = struct.getInt(ERRNO);
    return new FrameNote(
        struct.getLong(SOURCE_INDEX),
        struct.getInt(CHECKSUM),
        Arrays.stream(Errno.values()).filter(each -> each.number() == number).findFirst(),
        struct.getText(SENTENCE, SENTENCE_BYTES));
  }

  static long timestampNanos(IoctlStruct struct) {
    return struct.getLong(NANOS);
  }
}
