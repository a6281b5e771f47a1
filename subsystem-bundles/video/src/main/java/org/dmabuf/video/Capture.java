package org.dmabuf.video;

import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What came of an attempt to capture a frame. The queue keeps none of these beyond the frame, so
 * what they refer to may belong to the driver or to a source.
 */
public sealed interface Capture {

  /**
   * The target holds a frame.
   *
   * @param index its index in its source
   * @param delivered told the index once the frame is accepted and its fence signalled; not at all
   *     when a stop came first, so that the frame is captured again; never null
   */
  record Frame(long index, LongConsumer delivered) implements Capture {}

  /**
   * This frame could not be produced, the next one may be.
   *
   * @param index its index in its source
   * @param error why, never null
   * @param message the sentence to it, never null
   * @param delivered told the index once the failure is settled, never null
   */
  record Failed(long index, Errno error, String message, LongConsumer delivered)
      implements Capture {}

  /** The source has come to its regular end. */
  record End() implements Capture {}

  /**
   * The stream cannot go on.
   *
   * @param error why, never null
   * @param message the sentence to it, never null
   */
  record Broken(Errno error, String message) implements Capture {}

  /**
   * There is nothing to capture from now. The queue asks again after {@link CaptureDevice#kick}, or
   * after a few seconds, in which it says in the log what it waits for.
   *
   * @param waitsFor what for, such as {@code "a frame source"}; never null
   */
  record NotReady(String waitsFor) implements Capture {}

  /** The thread was interrupted; when that was no stop, the queue asks again at once. */
  record Interrupted() implements Capture {}

  /**
   * Captures a frame from a source; with this a driver over sources is right in every case.
   *
   * @param source where from, never null
   * @param target where to, never null
   * @return what came of it, never null
   */
  static Capture from(FrameSource source, FrameTarget target) {
    try {
      OptionalLong index = source.read(target);
      return index.isPresent() ? new Frame(index.getAsLong(), source::delivered) : new End();
    } catch (DmaBufException failed) {
      String sentence = sentence(failed);
      return switch (failed.errno()) {
        case EIO -> new Failed(source.position(), Errno.EIO, sentence, source::delivered);
        case EINTR, ERESTARTSYS -> new Interrupted();
        case ENODEV -> new NotReady("a frame source in place of one that is closed");
        default -> new Broken(failed.errno(), sentence);
      };
    }
  }

  /** The message without the name of the error, which is told apart. */
  private static String sentence(DmaBufException failed) {
    String prefix = failed.errno() + ": ";
    String message = failed.getMessage();
    return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
  }
}
